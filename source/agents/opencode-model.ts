import {AmuxError} from '../domain/errors.ts';
import type {Ask} from './agent.ts';
import {list, record, text} from './unknown.ts';

/** What stands in the message; it is neither shown nor sent to a model. */
const SAID = 'From here on with another model.';

/**
 * A conversation that is taken up again has the model of its last message, whatever the command line says: so one is put
 * behind it that nobody sees. `model` null: the one of its configuration. Throws `agent.no-model`.
 */
export async function giveOpencodeModel(
  ask: Ask,
  {conversation, model}: {conversation: string; model: string | null},
): Promise<void> {
  const wanted = model ?? text(record(await ask('GET', '/config'))['model']);
  if (wanted === '') return;
  const [provider = '', ...rest] = wanted.split('/');
  const modelID = rest.join('/');
  const known = list(record(await ask('GET', '/config/providers'))['providers']).map(record);
  const models = record(known.find(({id}) => id === provider)?.['models']);
  if (modelID === '' || !Object.hasOwn(models, modelID)) {
    throw new AmuxError('agent.no-model', {agent: 'opencode', model: wanted});
  }
  await ask('POST', `/session/${encodeURIComponent(conversation)}/message`, {
    noReply: true,
    model: {providerID: provider, modelID},
    parts: [{type: 'text', text: SAID, synthetic: true, ignored: true}],
  });
}
