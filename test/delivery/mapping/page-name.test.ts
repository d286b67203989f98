import { describe, expect, it } from '@jest/globals';
import { pageName } from '../../../app/delivery/mapping/page-name.ts';

describe('pageName', () => {
  it.each([
    [{ name: ' Home ', properties: { title: 't' } }, 'Home'],
    [{ name: ' ', properties: { title: 't', path: 'p' } }, 't'],
    [{ properties: { title: 7, path: 'p', url: 'u' } }, 'p'],
    [{ properties: { url: 'u' }, category: 'c' }, 'u'],
    [{ category: 'c' }, 'c'],
    [{ properties: null }, 'page'],
  ])('of %j is %j', (payload, name) => {
    expect(pageName('page', payload)).toBe(name);
  });

  it('is cut to 100 bytes of whole characters', () => {
    const name = pageName('page', { properties: { title: `${'x'.repeat(97)}${'🦊'.repeat(9)}` } });
    expect(name).toBe('x'.repeat(97));
    expect(Buffer.byteLength(pageName('page', { properties: { title: 'x'.repeat(31_000) } }))).toBe(100);
  });
});
