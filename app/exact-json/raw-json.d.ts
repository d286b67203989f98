/** What `JSON.rawJSON` makes: `JSON.stringify` writes its text as it is. */
interface RawJSON {
  readonly rawJSON: string;
}

/** Node 24 has these; TypeScript's library does not yet. */
interface JSON {
  rawJSON(text: string): RawJSON;
  isRawJSON(value: unknown): value is RawJSON;
}
