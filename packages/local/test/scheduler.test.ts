import { seconds } from "@sluice/dsl";
import { Scheduler } from "../src/models/scheduler";
import type { Faults } from "../src/world";
import { listOf, localWorld } from "./local-world";

const roleArn = "arn:aws:iam::123456789012:role/sweep";

/** A schedule that rings a FIFO queue each minute, as a gateway's sweep does. */
function scheduled(faults: Partial<Faults> = {}, { expression = "rate(1 minute)", isAllowed = true } = {}) {
  const local = localWorld(faults);
  const queue = local.sqs.createQueue("bell.fifo", { FifoQueue: true, ContentBasedDeduplication: true });
  const Action = isAllowed ? "sqs:SendMessage" : "sqs:ReceiveMessage";
  local.cloud.declareRole(roleArn, [{ Statement: [{ Effect: "Allow", Action, Resource: queue.arn }] }], {
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "scheduler.amazonaws.com" } }],
  });
  const scheduler = new Scheduler(local.world, local.cloud);
  scheduler.createSchedule({
    name: "sweep",
    group: "default",
    expression,
    isEnabled: true,
    queueArn: queue.arn,
    roleArn,
    input: "<aws.scheduler.scheduled-time>",
    messageGroupId: "turn",
  });
  return {
    ...local,
    scheduler,
    queue,
    bodies: async () =>
      listOf(
        (await local.call("sqs", "ReceiveMessage", { QueueUrl: local.sqs.urlOf(queue), MaxNumberOfMessages: 10 }))
          .Messages,
      ).map((message) => message.Body),
  };
}

test("a schedule sends its time on the minute's grid from its creation, until it is stopped", async () => {
  const s = scheduled();
  await s.pass(seconds(59));
  expect(await s.bodies()).toEqual([]);
  await s.pass(seconds(61));
  expect(await s.bodies()).toEqual(["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"]);
  s.scheduler.stop();
  await s.pass(seconds(600));
  expect(s.queue.size().visible).toBe(2);
});

test("it sends as its role: without the grant nothing arrives, and that is on record", async () => {
  const s = scheduled({}, { isAllowed: false });
  await s.pass(seconds(60));
  expect(s.queue.size().visible).toBe(0);
  expect(s.scheduler.failed).toEqual([
    { schedule: "sweep", reason: expect.stringContaining(`${roleArn} is not authorized to perform: sqs:SendMessage`) },
  ]);
});

test("late sendings bear their scheduled time, and lost ones do not shift the grid", async () => {
  const s = scheduled({ scheduleWithinUs: seconds(30) });
  await s.pass(seconds(60));
  expect(s.queue.size().visible).toBe(0);
  await s.pass(seconds(30));
  expect(await s.bodies()).toEqual(["2026-01-01T00:01:00Z"]);
  s.world.faults = { ...s.world.faults, scheduleWithinUs: seconds(0), scheduleLost: 1 };
  await s.pass(seconds(30));
  s.world.faults = { ...s.world.faults, scheduleLost: 0 };
  await s.pass(seconds(60));
  expect(await s.bodies()).toEqual(["2026-01-01T00:01:00Z", "2026-01-01T00:03:00Z"]);
});

test("only rates are modelled", () => {
  expect(() => scheduled({}, { expression: "cron(0 12 * * ? *)" })).toThrow("cron(0 12 * * ? *) is not modelled");
  expect(() => scheduled({}, { expression: "rate(0 minutes)" })).toThrow("not modelled");
});
