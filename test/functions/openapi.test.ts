import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../functions/http/openapi.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1 and describes every route', async () => {
    const answer = await served.send(undefined, 'GET', 'openapi.json');
    const validator = new Validator();

    const result = await validator.validate(JSON.parse(JSON.stringify(openApiDocument())));

    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('says what each answer holds: none is just an object', () => {
    const bare = Object.entries(openApiDocument().paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        JSON.stringify(operation).includes('"schema":{"type":"object"}') ? [`${method} ${path}`] : [],
      ),
    );

    expect(bare).toEqual([]);
  });
});
