const LONGEST = 1_000;

/** Why a text is no id that can be traced, in words for the user; undefined where it is one. */
export const idFault = (id: string): string | undefined => {
  if (id.trim() === '') return 'the id is empty';
  if (id.length > LONGEST) return `an id has at most ${LONGEST} characters`;
  return id.includes('\0') || !id.isWellFormed() ? 'an id is text without NUL characters' : undefined;
};
