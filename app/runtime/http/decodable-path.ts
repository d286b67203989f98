import type { RequestHandler } from 'express';
import { invalidPath } from './problem.ts';

/** Refuses a path that is not percent-encoded UTF-8, whatever would have been served there: nobody can tell what was meant. */
export const decodablePath: RequestHandler = (request, _response, next) => {
  try {
    decodeURIComponent(request.path);
  } catch {
    // The error tells no more than the answer does.
    throw invalidPath();
  }
  next();
};
