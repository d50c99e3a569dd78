import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {Validator} from '@seriousme/openapi-schema-validator';
import {type Operation, openApi} from '../../source/api/openapi.ts';
import {routes, streamRoutes} from '../../source/api/routes.ts';
import {Served} from './served.ts';

const document = openApi(routes, streamRoutes);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [
    `${method.toUpperCase()} ${path}`,
    operation,
  ]),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const {valid, errors} = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    assert.ok(valid, JSON.stringify(errors));
  });

  it('has each route once, each under a name of its own', () => {
    assert.equal(operations.length, routes.length + streamRoutes.length);
    assert.equal(new Set(operations.map(([, {operationId}]) => operationId)).size, operations.length);
  });

  it('names only what it defines', () => {
    const text = JSON.stringify(document);
    for (const [, kind, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      const known = document.components[kind as keyof typeof document.components] as Record<string, unknown>;
      assert.ok(known[name!] !== undefined, `${kind}/${name}`);
    }
    assert.ok(!text.includes('#/$defs'));
  });

  it('says what each route answers and takes', () => {
    for (const [name, {responses, parameters}] of operations) {
      const [answer] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      if (answer![0] !== '204' && responses['501'] === undefined)
        assert.ok('content' in answer![1], `${name}: no answer`);
      const named = parameters.filter(each => each.in === 'path').map(each => `{${each.name}}`);
      assert.deepEqual(name.match(/\{\w+\}/g) ?? [], named);
    }
  });

  it('is served to every role', async () => {
    await using served = await Served.open();
    const {body} = await served.ask('/api/openapi.json', {token: served.token('viewer')});
    assert.deepEqual(body, JSON.parse(JSON.stringify(document)));
  });
});
