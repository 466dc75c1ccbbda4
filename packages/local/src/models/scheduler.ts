import { type Json, type Micros, seconds, us } from "@sluice/dsl";
import type { Timer } from "../clock";
import type { LocalCloud } from "../cloud";
import { ServiceError } from "../cloud-types";
import { strikes, upTo, type World } from "../world";
import { queueUrlOf } from "./sqs/queue-url";

/** `AWS::Scheduler::Schedule` with an SQS queue as its target, as far as it is modelled. */
export interface ScheduleSettings {
  readonly name: string;
  /** Schedule group; `default` when the template names none. */
  readonly group: string;
  /** `rate(1 minute)`; cron and at expressions are not modelled. */
  readonly expression: string;
  readonly isEnabled: boolean;
  readonly queueArn: string;
  readonly roleArn: string;
  /** Text of the message, in which `<aws.scheduler.…>` names what is filled in. */
  readonly input: string;
  readonly messageGroupId: string | undefined;
}

/** A sending that was refused; the next one is tried all the same. */
export interface FailedSending {
  readonly schedule: string;
  readonly reason: string;
}

/**
 * EventBridge Scheduler: sends to a queue, as the schedule's role, one period after its creation and then on an exact
 * grid, as late as the faults say.
 */
export class Scheduler {
  private readonly timers = new Map<string, Timer>();
  private readonly failures: FailedSending[] = [];

  constructor(
    private readonly world: World,
    private readonly cloud: LocalCloud,
  ) {}

  /** What was refused so far, the oldest first. */
  get failed(): readonly FailedSending[] {
    return this.failures;
  }

  /**
   * @returns the schedule's ARN
   * @throws RangeError when the expression is no rate
   */
  createSchedule(settings: ScheduleSettings): string {
    const { region, account, clock } = this.world;
    const arn = `arn:aws:scheduler:${region}:${account}:schedule/${settings.group}/${settings.name}`;
    const periodUs = parseRate(settings.expression);
    if (settings.isEnabled) this.sendAt(us(clock.now() + periodUs), periodUs, arn, settings);
    return arn;
  }

  /** Ends all schedules. */
  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  private sendAt(at: Micros, periodUs: Micros, arn: string, settings: ScheduleSettings): void {
    const { clock } = this.world;
    const timer = clock.at(at, () => {
      this.sendAt(us(at + periodUs), periodUs, arn, settings);
      if (strikes(this.world, "scheduleLost", settings.name, this.world.faults.scheduleLost)) return;
      const scheduledAtMs = clock.wallMs();
      const lateUs = upTo(this.world, this.world.faults.scheduleWithinUs);
      if (lateUs === 0) void this.send(arn, settings, scheduledAtMs);
      else clock.at(us(clock.now() + lateUs), () => void this.send(arn, settings, scheduledAtMs));
    });
    this.timers.set(arn, timer);
  }

  private async send(arn: string, settings: ScheduleSettings, scheduledAtMs: number): Promise<void> {
    const { queueArn, messageGroupId } = settings;
    try {
      const role = this.cloud.assumeRole(settings.roleArn, "scheduler.amazonaws.com", arn);
      await this.cloud.call(role, "sqs", "SendMessage", {
        QueueUrl: queueUrlOf(queueArn),
        MessageBody: this.fillIn(settings.input, arn, scheduledAtMs),
        ...(messageGroupId !== undefined && { MessageGroupId: messageGroupId }),
      } satisfies Json);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.failures.push({ schedule: settings.name, reason: error.message });
    }
  }

  private fillIn(input: string, arn: string, scheduledAtMs: number): string {
    const values: Readonly<Record<string, string>> = {
      "scheduled-time": `${new Date(scheduledAtMs).toISOString().slice(0, 19)}Z`,
      "schedule-arn": arn,
      "execution-id": this.world.random.uuid(),
      "attempt-number": "1",
    };
    return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (keyword, name: string) => values[name] ?? keyword);
  }
}

const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

function parseRate(expression: string): Micros {
  const [, value, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitSeconds = UNITS[unit];
  if (value === undefined || unitSeconds === undefined || Number(value) === 0)
    throw new RangeError(`the schedule ${expression} is not modelled locally; rate(n minutes|hours|days) is`);
  return seconds(Number(value) * unitSeconds);
}
