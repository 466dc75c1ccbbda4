import { resolve } from "node:path";
import { type Finding, lintGateways } from "@sluice/dsl";
import type { GatewayFile } from "../../src/files";
import { changed, WEATHER } from "../gateway-text";

/** Where the files below lie; nothing is read from there. */
export const ROOT = resolve("/repository");

const FAULTY = changed(WEATHER, "timeout: 2m", "timeout: 2");

export const CLEAN: GatewayFile = { file: "gateways/weather.yaml", text: WEATHER };
export const SPACES: GatewayFile = { file: "gateways/north sea/50% off, a:b.yaml", text: FAULTY };
export const QUOTES: GatewayFile = { file: `gateways/"it's" <&>#?.yaml`, text: FAULTY };
export const UNICODE: GatewayFile = { file: "gateways/größe-😀.yaml", text: FAULTY };
export const WINDOWS: GatewayFile = { file: "gateways/windows.yaml", text: `\uFEFF${FAULTY.replaceAll("\n", "\r\n")}` };
/** The mark, and a finding behind it on the first line. */
export const MARKED: GatewayFile = { file: "gateways/marked.yaml", text: `\uFEFFverzion: 1\r\n${WEATHER}` };
export const EMPTY: GatewayFile = { file: "gateways/empty.yaml", text: "" };
/** A finding behind two units of UTF-16 that are one character. */
export const EMOJI: GatewayFile = {
  file: "gateways/emoji.yaml",
  text: changed(FAULTY, "HIGH, timeout", 'HIGH, "😀": 1, timeout'),
};
/** A control character, which XML cannot write, on the line of a finding. */
export const CONTROL: GatewayFile = {
  file: "gateways/control.yaml",
  text: changed(FAULTY, "timeout: 2 }", "timeout: 2 } # \u001b[31m ]]>"),
};

export const ODD_FILES: readonly GatewayFile[] = [
  CLEAN,
  SPACES,
  QUOTES,
  UNICODE,
  WINDOWS,
  MARKED,
  EMPTY,
  EMOJI,
  CONTROL,
];

export const findingsIn = (...files: readonly GatewayFile[]): readonly Finding[] => lintGateways(files).findings;

/** A finding as an older rule might make it: at the very beginning, with one message and no more. */
export const PLAIN: Finding = {
  file: EMOJI.file,
  range: [0, 7],
  path: ["version"],
  rule: "SL004",
  name: "bare-number",
  severity: "warning",
  message: "All of it, 100 %\r\nin one: piece, really.",
  hint: "",
};

export const ODD_FINDINGS: readonly Finding[] = [...findingsIn(...ODD_FILES), PLAIN];
