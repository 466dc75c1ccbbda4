import { type Finding, lintGateways, parseGateway, planGateway, renderFrame } from "@sluice/dsl";
import fc from "fast-check";
import { gatewayFile } from "../src/schema/gateway-file";
import { mutatedFile, RICH, WHOLE_LANGUAGE } from "./mutations";
import { runs } from "./runs";

function isInside({ range: [start, end] }: Finding, text: string): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= text.length;
}

test("no mutation of a real file makes the linter throw, and every range lies inside the file", () => {
  fc.assert(
    fc.property(mutatedFile, fc.nat({ max: 3 }), (source, quarter) => {
      // Now and then beside files as they were, so that the rules across files have something to compare.
      const beside = quarter === 0 ? [RICH, WHOLE_LANGUAGE] : [];
      const others = beside.map(({ text }, index) => ({ file: `other-${index}.yaml`, text }));
      const { findings: all, specs } = lintGateways([source, ...others], { environment: "staging" });
      const findings = all.filter(({ file }) => file === source.file);
      const frames = findings.map((finding) => renderFrame(finding, source.text));
      expect(findings.filter((finding) => !isInside(finding, source.text))).toEqual([]);
      expect(frames.filter((frame) => /undefined|\[object/.test(frame))).toEqual([]);
      for (const { spec } of specs) planGateway(spec);
    }),
    runs(400),
  );
});

test("a file that its schema refuses is never without an error, and one without an error is planned", () => {
  fc.assert(
    fc.property(mutatedFile, (source) => {
      const { value } = parseGateway(source.text, source.file);
      const { findings, specs } = lintGateways([source]);
      const hasError = findings.some(({ severity }) => severity === "error");
      if (value === undefined || !gatewayFile.safeParse(value).success) expect(hasError).toBe(true);
      expect(specs.length).toBe(hasError ? 0 : 1);
      for (const { spec } of specs) expect(planGateway(spec).limit.intervalUs).toBeGreaterThan(0);
    }),
    runs(300),
  );
});

test("the same text gives the same findings", () => {
  fc.assert(
    fc.property(mutatedFile, (source) => {
      expect(lintGateways([source]).findings).toEqual(lintGateways([source]).findings);
    }),
    runs(100),
  );
});
