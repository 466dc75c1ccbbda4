import type { Finding } from "./findings";
import type { Place, Subject } from "./subject";

/** A text with named holes; the type knows their names. */
export interface Text<Hole extends string> {
  readonly parts: readonly string[];
  readonly holes: readonly Hole[];
}

/** The three things that a finding says. */
export interface Message<Hole extends string = string> {
  /** What is wrong, in a few words that stand after a caret. */
  readonly what: Text<Hole>;
  /** Why it matters, in sentences. */
  readonly why: Text<Hole>;
  /** How to mend it, in sentences. */
  readonly mend: Text<Hole>;
}

/** A text template: text`${"tier"} waits for ${"time"}` has the holes tier and time. */
export function text(parts: TemplateStringsArray): Text<never>;
export function text<const Hole extends string>(parts: TemplateStringsArray, ...holes: Hole[]): Text<Hole>;
export function text(parts: TemplateStringsArray, ...holes: string[]): Text<string> {
  return { parts, holes };
}

type HolesOf<M extends Message> = M extends Message<infer Hole> ? Hole : never;

/** What mends a finding for certain: the text to put in its place, given the text that is there. */
export type Fix = (written: string) => string | undefined;

/** Reports one finding of a rule: which of its messages, where, and what fills the holes. */
export type Report<Messages extends Readonly<Record<string, Message>>> = <Id extends keyof Messages>(
  id: Id,
  place: Place,
  holes: Readonly<Record<HolesOf<Messages[Id]>, string | number>>,
  fix?: Fix,
) => void;

/** What rules have found in one file, and which rules there are. */
export interface Found {
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
}

/** What a rule is made of. A rule finds and does not print. */
export interface RuleParts<Messages extends Readonly<Record<string, Message>>> {
  /** `SL004`; never used again for another rule. */
  readonly id: `SL${number}`;
  /** `bare-number`; also the name of its file, its page and its test. */
  readonly name: string;
  readonly severity: Finding["severity"];
  readonly messages: Messages;
  /** A comment with a reason may answer an error of this rule; warnings may always be answered. */
  readonly isJudgement?: boolean;
  /** Looks at one file, or one environment of it. */
  readonly check?: (subject: Subject, report: Report<Messages>) => void;
  /** Looks at all files together; environments left aside. */
  readonly checkAll?: (subjects: readonly Subject[], reportIn: (subject: Subject) => Report<Messages>) => void;
  /** Looks at what all the rules have found in one file. */
  readonly checkFindings?: (subject: Subject, found: Found, report: Report<Messages>) => void;
}

/** A rule as the linter runs it. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly severity: Finding["severity"];
  /** Whether a comment with a reason may answer its findings. */
  readonly isSuppressible: boolean;
  /** What it finds in one subject. */
  find(subject: Subject): readonly Finding[];
  /** What it finds across files. */
  findAcross(subjects: readonly Subject[]): readonly Finding[];
  /** What it finds in the findings of one file. */
  findAmong(subject: Subject, found: Found): readonly Finding[];
}

/** What most rules find in most files: one list for all, since it is asked some sixty thousand times in a thousand. */
const NOTHING: readonly Finding[] = [];

/** Makes a rule of its parts; the types hold messages and their holes together. */
export function defineRule<const Messages extends Readonly<Record<string, Message>>>(parts: RuleParts<Messages>): Rule {
  const reporter = (subject: Subject, findings: Finding[]): Report<Messages> => {
    return (id, place, holes, fix) => {
      const message = parts.messages[id];
      if (message) findings.push(makeFinding(parts, subject, { message, place, holes, fix }));
    };
  };
  return {
    id: parts.id,
    name: parts.name,
    severity: parts.severity,
    isSuppressible: parts.isJudgement ?? (parts.severity === "warning" && parts.checkFindings === undefined),
    find: (subject) => {
      if (parts.check === undefined) return NOTHING;
      const findings: Finding[] = [];
      parts.check(subject, reporter(subject, findings));
      return findings;
    },
    findAcross: (subjects) => {
      const findings: Finding[] = [];
      parts.checkAll?.(subjects, (subject) => reporter(subject, findings));
      return findings;
    },
    findAmong: (subject, found) => {
      if (parts.checkFindings === undefined) return NOTHING;
      const findings: Finding[] = [];
      parts.checkFindings(subject, found, reporter(subject, findings));
      return findings;
    },
  };
}

interface Said {
  readonly message: Message;
  readonly place: Place;
  readonly holes: Readonly<Record<string, string | number>>;
  readonly fix: Fix | undefined;
}

function makeFinding(
  rule: Pick<Finding, "name" | "severity"> & { readonly id: string },
  subject: Subject,
  { message, place, holes, fix }: Said,
): Finding {
  const { document, range, isInPatch, isExact } = place.range
    ? { document: subject.document, range: place.range, isInPatch: true, isExact: true }
    : subject.locate(place);
  // Only what stands at the very place can be replaced there: not the nearest key, and not what an alias stands for.
  const replacement = isExact ? fix?.(document.text.slice(range[0], range[1])) : undefined;
  const setting = isInPatch ? "" : settingOf(subject);
  const what = setting + fill(message.what, holes);
  const why = fill(message.why, holes).trim();
  return {
    file: document.file,
    range,
    path: place.path,
    rule: rule.id,
    name: rule.name,
    severity: rule.severity,
    message: `${setting || message.what.parts[0] ? capitalise(what) : what}. ${why}`.trim(),
    what,
    why,
    hint: fill(message.mend, holes),
    ...(replacement === undefined ? {} : { fix: replacement }),
  };
}

/** Of what is wrong only as an environment or an instance makes the file, and where it does not say so itself. */
function settingOf({ environment, instance }: Subject): string {
  const parts = [
    ...(instance === undefined ? [] : [`in instance ${instance}`]),
    ...(environment === undefined ? [] : [`in environment ${environment}`]),
  ];
  return parts.length === 0 ? "" : `${parts.join(" ")}, `;
}

/** Not for a text that begins with the user's own word, which stays as they wrote it. */
function capitalise(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function fill({ parts, holes }: Text<string>, values: Readonly<Record<string, string | number>>): string {
  return parts
    .map((part, index) => part + (holes[index] === undefined ? "" : shortened(String(values[holes[index]] ?? ""))))
    .join("");
}

/** Longer than any address that people write. */
const MAX_WORD = 200;

/** A message quotes the file's own words, and in a broken file one of them can be the whole of it. */
const shortened = (value: string): string =>
  value.length <= MAX_WORD ? value : value.replace(LONG_WORD, (word) => `${word.slice(0, MAX_WORD - 1)}…`);

const LONG_WORD = new RegExp(`\\S{${MAX_WORD + 1},}`, "g");
