// A host that the test kills: one environment frozen, one in the middle of an invocation. argv[2] is the code's folder.

import { ProcessHost } from "../../src/process-host";
import { deployedFunction } from "../deployed-function";

async function main(codePath: string): Promise<void> {
  const host = new ProcessHost({
    region: "eu-west-1",
    endpointUrl: "http://127.0.0.1:9",
    accessKeyOf: () => "ASIALOCAL",
    onLog: (_fn, _id, line) => {
      if (line === "busy") process.stdout.write(`${JSON.stringify(processIds)}\n`);
    },
  });
  const fn = deployedFunction(codePath);
  const [frozen, busy] = await Promise.all([host.start(fn, "frozen"), host.start(fn, "busy")]);
  const processIds = [frozen.pid, busy.pid];
  void busy.invoke({ requestId: "1", event: { do: "hang" }, deadlineMs: Date.now() + 60_000, functionArn: fn.arn });
}

void main(process.argv[2] ?? "");
