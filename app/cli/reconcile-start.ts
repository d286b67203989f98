import { newState, type ReconcileState } from '../reconcile/reconcile-state.ts';
import { StateFile } from '../reconcile/state-file.ts';
import { askedOf, stateFileOf, type Workspace } from './reconcile-asked.ts';
import { type ReconcileChoice, rangeOf } from './reconcile-options.ts';

/** Where a run of `reconcile` begins. */
export interface ReconcileStart {
  readonly state: ReconcileState;
  /** Seconds since 1970: where it ends. */
  readonly until: number;
  readonly file: StateFile;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const timeOf = (at: number): string => new Date(at * 1000).toISOString();

/**
 * Where the run before stopped, if it was the same reconciliation, else at `--since`. The file is written at once: then a run that
 * fails before its first step is made up for by the next, and a file that cannot be written stops it before anything is done.
 *
 * @param now milliseconds since 1970
 * @param say tells a person what it goes on with
 * @throws RangeError where the options are no range, in words for the user; StateFileError
 */
export const reconcileStart = async (
  choice: ReconcileChoice,
  workspace: () => Workspace,
  now: number,
  say: (text: string) => void,
): Promise<ReconcileStart> => {
  const { from, to, oldest } = rangeOf(choice, now);
  const asked = askedOf(choice, workspace());
  const path = stateFileOf(choice, workspace(), asked);
  const file = new StateFile(path);
  const saved = choice.restart ? undefined : await file.load();
  const begin = async (state: ReconcileState): Promise<ReconcileStart> => {
    await file.save(state);
    return { state, until: seconds(to), file };
  };
  if (saved === undefined) return begin(newState(asked, seconds(from), seconds(to)));
  if (saved.asked !== asked) {
    say(`${path} is of other options or another workspace: begins anew`);
    return begin(newState(asked, seconds(from), seconds(to)));
  }
  // One whose end may still be refilled goes on where it was: its beginning has been looked at.
  if (saved.to < seconds(oldest)) {
    say(`${path} ends earlier than the warehouse takes rows of: begins anew at ${timeOf(seconds(oldest))}`);
    return begin(newState(asked, seconds(oldest), seconds(to)));
  }
  say(`goes on with ${path} after ${saved.deliveries} deliveries; --restart begins anew`);
  return begin(saved);
};
