/** Documents with the peculiarities of published ones: three versions of the same trade, written for these tests. */

export const HARBOUR_2_0 = `swagger: "2.0"
info:
  title: Harbour Office API v1
  version: "1.4"
  description: |
    Berths and ships.

    Clients may make up to 300 requests per 5 minutes. Beyond that the answer is 429.
host: api.harbour.example
basePath: /office/
schemes: [http, https]
consumes: [application/json]
securityDefinitions:
  key: { type: apiKey, in: header, name: X-Harbour-Key }
  portal: { type: oauth2, flow: implicit, authorizationUrl: "https://harbour.example/oauth", scopes: {} }
security: [{ key: [] }, { portal: [] }]
parameters:
  Page: { name: page, in: query, type: integer, minimum: 0, exclusiveMinimum: true }
paths:
  /berths/{berth-id}:
    parameters:
      - { name: berth-id, in: path, required: true, type: string, pattern: "^B\\\\:[0-9]+$" }
    get:
      operationId: getBerthByID
      summary: One berth
      tags: [berths]
      responses: { "200": { description: OK } }
    put:
      operationId: putBerth
      tags: [berths]
      parameters:
        - { name: If-Match, in: header, type: string, required: true }
        - { name: X-Version, in: header, type: string, enum: ["2024-01"] }
        - { name: x-harbour-key, in: header, type: string }
        - { name: berth, in: body, required: true, schema: { $ref: "#/definitions/Berth" } }
      responses: { "204": { description: Done } }
  /ships:
    get:
      tags: [ships]
      parameters:
        - { $ref: "#/parameters/Page" }
        - { name: flags, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: ids, in: query, type: array, items: { type: string } }
        - { name: classes, in: query, type: array, items: { type: string }, collectionFormat: pipes }
        - { name: "filter[name]", in: query, type: string }
        - { name: per-page, in: query, type: integer, required: true }
      responses: { "200": { description: OK } }
  /ships/photo:
    post:
      operationId: upload photo
      consumes: [multipart/form-data]
      parameters: [{ name: photo, in: formData, type: file }]
      responses: { "200": { description: OK } }
definitions:
  Berth:
    type: object
    required: [id, name]
    properties:
      id: { type: string, readOnly: true }
      name: { type: string, example: North 4, x-nullable: true }
      neighbour: { $ref: "#/definitions/Berth" }
`;

export const LIBRARY_3_0 = `openapi: 3.0.3
info: { title: Städtische Bücherei, version: 2.0.0 }
servers:
  - url: https://{region}.library.example/{base}/
    variables: { region: { default: eu, enum: [eu, us] }, base: { default: v2 } }
  - url: https://mirror.library.example
components:
  securitySchemes:
    token: { type: http, scheme: Bearer }
    app: { type: apiKey, in: header, name: X-App-Id }
  parameters:
    Lang: { name: lang, in: query, schema: { $ref: "#/components/schemas/Lang" } }
  schemas:
    Lang: { type: string, enum: [de, en], nullable: true }
    Loan:
      type: object
      properties:
        days: { type: integer, minimum: 1, exclusiveMaximum: true, maximum: 60 }
        note: { nullable: true, allOf: [{ $ref: "#/components/schemas/Text" }] }
        state: { $ref: "#/components/schemas/Nowhere" }
    Text: { type: string, xml: { name: t }, externalDocs: { url: "https://library.example" } }
  responses:
    Busy:
      description: Busy
      headers: { X-RateLimit-Limit: { description: Calls that are left in this minute, schema: { type: integer } } }
security: [{ token: [], app: [] }]
paths:
  /loans:
    post:
      operationId: createLoan
      deprecated: true
      description: "Lends a <b>book</b>. Second sentence."
      parameters:
        - { name: Idempotency-Key, in: header, required: true, schema: { type: string } }
        - { name: session, in: cookie, schema: { type: string } }
      requestBody: { required: true, content: { application/vnd.library+json: { schema: { $ref: "#/components/schemas/Loan" } } } }
      responses: { "201": { description: Lent }, "429": { $ref: "#/components/responses/Busy" } }
  /loans/search:
    get:
      operationId: createLoan
      parameters:
        - { $ref: "#/components/parameters/Lang" }
        - { name: tags, in: query, schema: { type: array, items: { type: string } } }
        - { name: sort, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: range, in: query, style: deepObject, schema: { type: object, properties: { from: { type: string } } } }
      responses: { "200": { description: OK } }
  /loans/{id}/receipt:
    get:
      servers: [{ url: "https://files.library.example" }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: OK } }
  /import:
    post:
      requestBody: { content: { application/xml: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { "200": { description: OK } }
  /ping:
    trace: { responses: { "200": { description: OK } } }
`;

export const METER_3_1 = `openapi: 3.1.0
info: { title: "42 Meters", version: "1" }
servers: [{ url: /api }]
paths:
  /readings/{meter}:
    post:
      operationId: an_operation_whose_name_is_much_longer_than_forty_characters
      requestBody:
        content:
          application/json:
            schema:
              type: [object, "null"]
              $defs: { unused: { type: string } }
              required: [at]
              properties:
                at: { type: string, format: date-time, examples: ["2026-11-24T12:00:00Z"] }
                value: { type: number, exclusiveMinimum: 0 }
                pair: { type: array, prefixItems: [{ type: string }, true], items: false }
                odd: { type: string, pattern: "([" }
      responses: { "200": { description: OK } }
`;
