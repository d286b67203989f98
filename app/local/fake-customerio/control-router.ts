import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { FakeState } from './fake-state.ts';
import type { Person } from './person.ts';
import { reportingControls } from './reporting-controls.ts';

const badJson: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).json({ error: 'the body must be JSON' });
};

const decodablePath: RequestHandler = (request, response, next) => {
  try {
    decodeURIComponent(request.path);
  } catch {
    // The error tells no more than the answer does.
    response.status(400).json({ error: 'the path has a % that does not begin an encoded UTF-8 character' });
    return;
  }
  next();
};

/** Whom a name stands for: by id, else as an address, else as Customer.io's own id with or without its prefix. */
const personOf = ({ workspace }: FakeState, name: string): Person | undefined =>
  workspace.byId(name) ??
  workspace.find({ email: name }) ??
  workspace.find({ cio_id: name.replace(/^cio_/, '') });

/** The fake's own controls: what arrived, what it made of it, scripted faults, and what it reports. */
export const controlRouter = (state: FakeState): Router => {
  const router = Router();
  router.use(decodablePath, express.json({ limit: '1mb' }));
  router.get('/requests', (_request, response) => {
    response.json(state.journal);
  });
  router.get('/people', (_request, response) => {
    response.json(state.workspace.people.map((person) => person.view()));
  });
  router.get('/people/:id', (request, response) => {
    const person = personOf(state, request.params.id);
    if (person) response.json(person.view());
    else response.status(404).json({ error: 'nobody has this id, e-mail address or cio_id' });
  });
  router.get('/stats', (_request, response) => {
    response.json(state.stats);
  });
  router.get('/faults', (_request, response) => {
    response.json(state.faults.list);
  });
  router.post('/faults', (request, response) => {
    const wrong = state.faults.add(request.body);
    if (wrong.length > 0) response.status(400).json({ error: wrong.join('; ') });
    else response.json(state.faults.list);
  });
  router.delete('/faults', (_request, response) => {
    state.faults.clear();
    response.json([]);
  });
  reportingControls(router, state);
  router.delete('/', (_request, response) => {
    state.reset();
    response.json({});
  });
  router.use(badJson);
  router.use((_request, response) => {
    response.status(404).json({ error: 'no such control' });
  });
  return router;
};
