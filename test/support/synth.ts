import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { TerraformStack, Testing } from 'cdktf';
import { isObject, type Json } from './provider-schema-types.ts';

/** A stack as Terraform's JSON. */
export type StackJson = Json;

/**
 * A stack with a Google provider, synthesized in memory with all validations.
 *
 * @param build puts the constructs into the stack
 * @throws Error when a construct's own validation finds a fault
 * @example
 * synthStack((stack) => new PubsubTopic(stack, 'events', { name: 'events' }))
 */
export const synthStack = (build: (stack: TerraformStack) => void): StackJson => {
  const stack = new TerraformStack(Testing.app(), 'stack');
  new GoogleProvider(stack, 'google', { project: 'acme', region: 'europe-west1' });
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as StackJson;
};

/** The bodies of the resources of one type, by the names that they have in the stack. */
export const resourcesOf = (json: StackJson, type: string): Readonly<Record<string, Json>> => {
  const { resource } = json;
  const byName = isObject(resource) ? resource[type] : undefined;
  return (isObject(byName) ? byName : {}) as Readonly<Record<string, Json>>;
};

/**
 * The same JSON on every machine: without CDKTF's comments, and with the folders of absolute paths replaced.
 *
 * @param root folders of this machine that paths in the JSON may begin with
 */
export const normalized = (json: StackJson, ...roots: readonly string[]): StackJson => {
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string')
      return roots.reduce((text, root) => text.replaceAll(root, '<root>'), value);
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([name]) => name !== '//');
    return Object.fromEntries(kept.map(([name, one]) => [name, plain(one)]));
  };
  return plain(json) as StackJson;
};
