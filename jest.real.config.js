import base from './jest.config.js';

/**
 * The suites that need a real server. Each starts what it needs where the tools are there and skips by name elsewhere.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/real/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
  maxWorkers: 1,
};
