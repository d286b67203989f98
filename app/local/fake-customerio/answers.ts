import type { Response } from 'express';
import type { OperationFault } from './operation-fault.ts';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Page Not Found | Customer.io</title></head>
<body><h1>Page Not Found</h1><p>The page you were looking for does not exist.</p></body>
</html>
`;

/** The HTML 404 of an unknown path or method, which comes before the credentials are looked at (contract, section 1). */
export const answerNotFound = (response: Response): void => {
  response.status(404).type('text/html; charset=utf-8').send(PAGE);
};

/** A page that some proxy would answer with. */
export const answerHtml = (response: Response, status: number): void => {
  response
    .status(status)
    .type('text/html; charset=utf-8')
    .send(PAGE.replace('Page Not Found', `HTTP ${status}`));
};

/** 401 of the Track API: missing, wrong secret and wrong scheme look the same (contract, section 1). */
export const answerUnauthorized = (response: Response): void => {
  response
    .status(401)
    .set('WWW-Authenticate', 'Basic realm="Customer.io edge event collection"')
    .json({ meta: { error: 'Unauthorized request' } });
};

/** 400 of v1: a list of texts. */
export const answerV1Faults = (response: Response, messages: readonly string[], status = 400): void => {
  response.status(status).json({ meta: { errors: messages } });
};

/** 400 of v2: a list of reason, field and message. */
export const answerV2Faults = (response: Response, errors: readonly OperationFault[], status = 400): void => {
  response.status(status).json({ errors });
};

/** 401 of the App API: the same body as the Track API's, without WWW-Authenticate (contract, section 1). */
export const answerAppUnauthorized = (response: Response): void => {
  response.status(401).json({ meta: { error: 'Unauthorized request' } });
};

/** An error of the App API's reads: a list of details, whose status is a text (contract, section 1). */
export const answerAppFaults = (response: Response, status: number, details: readonly string[]): void => {
  const errors = details.map((detail) => ({
    detail: `${detail} (reference a1b2c3)`,
    status: String(status),
  }));
  response.status(status).json({ errors });
};
