import type { Suppression } from './suppressions.ts';

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
}

/** A report of checkov, as far as it is judged. */
interface Report {
  readonly results?: {
    readonly failed_checks?: readonly Finding[];
    readonly parsing_errors?: readonly string[];
  };
  readonly summary?: { readonly passed?: number };
}

/** What a scan comes to. */
export interface Judgement {
  /** How many checks passed, and how many findings are accepted. */
  readonly passed: number;
  readonly accepted: number;
  /** What must be mended, one line each. */
  readonly faults: readonly string[];
}

const accepts = ({ check, resources }: Suppression, { check_id, resource }: Finding): boolean =>
  check === check_id && resources.test(resource);

const unread = ({ results, summary }: Report): readonly string[] => {
  const errors = (results?.parsing_errors ?? []).map((file) => `checkov cannot read ${file}`);
  // Where it knows no file, it says nothing of any.
  return (summary?.passed ?? 0) > 0 ? errors : [...errors, 'checkov has read no resource'];
};

/**
 * Holds a report of checkov against the accepted findings.
 *
 * @param report its JSON, with `--framework terraform_json`
 */
export const judgeFindings = (report: Report, suppressions: readonly Suppression[]): Judgement => {
  const findings = report.results?.failed_checks ?? [];
  const open = findings.filter((finding) => !suppressions.some((one) => accepts(one, finding)));
  const unused = suppressions.filter((one) => !findings.some((finding) => accepts(one, finding)));
  return {
    passed: report.summary?.passed ?? 0,
    accepted: findings.length - open.length,
    faults: [
      ...unread(report),
      ...open.map(({ check_id, check_name, resource }) => `${check_id} ${resource}: ${check_name}`),
      ...unused.map(
        ({ check, resources }) => `the suppression of ${check} for ${resources} is not needed: remove it`,
      ),
    ],
  };
};
