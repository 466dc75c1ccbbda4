/** The package brings no types. */
declare module "asl-validator" {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(separator: string): string;
  }
  export default function validate(definition: unknown): Verdict;
}
