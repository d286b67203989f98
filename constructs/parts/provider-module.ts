import { createRequire } from 'node:module';

const require = createRequire(`${import.meta.dirname}/`);

/**
 * A module of the provider, loaded when it is first needed: those of a load balancer take some 70 ms, and few stacks have one.
 *
 * @param name the resource's, such as `compute-url-map`
 * @example providerModule<typeof urlMap>('compute-url-map').ComputeUrlMap
 */
export const providerModule = <Module>(name: string): Module =>
  require(`@cdktf/provider-google/lib/${name}/index.js`) as Module;
