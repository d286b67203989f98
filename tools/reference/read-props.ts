import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = `${import.meta.dirname}/../../constructs/props`;

/** A documented prop. */
export interface PropDoc {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
  readonly about: string;
  readonly default: string | undefined;
  /** A fragment of the integration's props, as source. */
  readonly example: string | undefined;
}

/** A documented interface of props. */
export interface InterfaceDoc {
  readonly name: string;
  readonly about: string;
  readonly base: string | undefined;
  readonly props: readonly PropDoc[];
}

const INTERFACE =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)\n\}/g;
const PROP = / {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(readonly )?(\w+)(\?)?: ([\s\S]*?);(?=\n|$)/g;

const linesOf = (comment: string): readonly string[] =>
  comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim());

/** The text of a doc comment before its tags, or of one of its tags. */
const partOf = (comment: string, tag?: string): string | undefined => {
  const text = linesOf(comment).join(' ').trim();
  const parts = text.split(/ ?@(?=default |example )/);
  const found =
    tag === undefined ? parts[0] : parts.find((part) => part.startsWith(`${tag} `))?.slice(tag.length);
  return found?.trim() || undefined;
};

const propsOf = (body: string): readonly PropDoc[] =>
  [...body.matchAll(PROP)].map(([, comment = '', readonly, name = '', optional, type = '']) => {
    if (readonly === undefined) throw new Error(`the prop ${name} must be readonly`);
    return {
      name,
      optional: optional !== undefined,
      type: type.replace(/\s+/g, ' '),
      about: partOf(comment) ?? '',
      default: partOf(comment, 'default'),
      example: partOf(comment, 'example'),
    };
  });

/**
 * Reads the interfaces of the construct's props from their source: the compiler has no interface for programs any more.
 *
 * @returns the interfaces by name
 */
export const readProps = (): ReadonlyMap<string, InterfaceDoc> => {
  const texts = readdirSync(FOLDER).map((file) => readFileSync(`${FOLDER}/${file}`, 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(INTERFACE)]);
  return new Map(
    found.map(([, comment = '', name = '', base, body = '']) => [
      name,
      { name, about: partOf(comment) ?? '', base, props: propsOf(body) },
    ]),
  );
};

/** Counts the props that the source declares, to prove that {@link readProps} misses none. */
export const countProps = (): number =>
  readdirSync(FOLDER)
    .map(
      (file) => readFileSync(`${FOLDER}/${file}`, 'utf8').match(/^ {2}(readonly )?\w+\??: /gm)?.length ?? 0,
    )
    .reduce((sum, count) => sum + count, 0);
