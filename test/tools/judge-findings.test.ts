import { describe, expect, it } from '@jest/globals';
import { judgeFindings } from '../../tools/checkov/judge-findings.ts';
import { SUPPRESSIONS } from '../../tools/checkov/suppressions.ts';

const VIEWS = { check: 'CKV_GCP_121', resources: /-view_/, reason: 'a view holds nothing' };
const finding = (resource: string, check_id = 'CKV_GCP_121') => ({
  check_id,
  check_name: 'deletion protection',
  resource: `resource.${resource}`,
});
const report = (...failed_checks: ReturnType<typeof finding>[]) => ({
  results: { failed_checks },
  summary: { passed: 9 },
});

describe('findings of checkov', () => {
  it('are accepted by check and resource', () => {
    const judged = judgeFindings(report(finding('a-view_1'), finding('b-view_2')), [VIEWS]);
    expect(judged).toEqual({ passed: 9, accepted: 2, faults: [] });
  });

  it.each([
    ['of another resource', finding('a_table_1')],
    ['of another check', finding('a-view_1', 'CKV_GCP_80')],
  ])('%s fail', (_what, other) => {
    const { faults } = judgeFindings(report(finding('a-view_1'), other), [VIEWS]);
    expect(faults).toEqual([`${other.check_id} ${other.resource}: deletion protection`]);
  });

  it('that nobody has any more make their suppression fail', () => {
    expect(judgeFindings(report(), [VIEWS]).faults).toEqual([
      'the suppression of CKV_GCP_121 for /-view_/ is not needed: remove it',
    ]);
  });

  it('are not taken for none where nothing was read', () => {
    expect(judgeFindings({ summary: { passed: 0 } }, []).faults).toEqual(['checkov has read no resource']);
    const results = { failed_checks: [], parsing_errors: ['cdk.tf.json'] };
    expect(judgeFindings({ results, summary: { passed: 9 } }, []).faults).toEqual([
      'checkov cannot read cdk.tf.json',
    ]);
  });

  it('are accepted with a reason each', () => {
    expect(SUPPRESSIONS.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });
});
