// Stands for undici in role bundles: the dispatcher alone, without a second fetch, WebSocket, caches and mocks (252 kB).
// Another name imported from undici fails the bundling; add it here.
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
