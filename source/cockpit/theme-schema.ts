import {type Token, tokens} from './theme.ts';

const meanings: Record<Token, string> = {
  strong: 'Names and titles',
  dim: 'Details beside them',
  faint: 'What nobody has to read: hints, separators',
  border: 'Frames and rules',
  selected: 'What is selected, and its frame',
  attention: 'State: needs a person',
  working: 'State: works',
  finished: 'State: finished, not looked at yet',
  idle: 'State: idle',
  failed: 'State: failed or orphaned',
  stopped: 'State: stopped or completed',
  starting: 'State: starting or unknown',
  mark: 'What is marked',
  yolo: 'A session that is asked nothing',
  brand: 'The name of the program',
  tab: 'The screen that is open',
  key: 'Keys in footer, help and dialogs',
  chip: 'The chip that says COMMAND',
  chipTyping: 'The chip that says where typing goes',
  error: 'What went wrong',
  notice: 'What amux has to say',
  input: 'Text that is being written',
  cursor: 'The cursor',
  choice: 'The chosen line of a list',
  ended: 'The screen of a session that ended',
  added: 'Lines that a change adds',
  removed: 'Lines that a change takes away',
  hunk: 'Where a change is',
  match: 'What a search found',
};

/** A file of `themes/` as JSON Schema (draft 7), for editors. */
export function themeSchema(): Record<string, unknown> {
  const flag = (description: string) => ({type: 'boolean', description});
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A theme of the cockpit of amux: what its colours are',
    type: 'object',
    required: ['tokens'],
    additionalProperties: false,
    properties: {
      $schema: {type: 'string', description: 'This schema, for editors'},
      name: {type: 'string', description: 'For people; it is chosen by the name of its file'},
      about: {type: 'string', description: 'What it is made for'},
      backgrounds: {
        type: 'array',
        items: {type: 'string', pattern: HEX},
        description: 'Colours of terminals that it is made for. The cockpit paints no background',
      },
      tokens: {
        type: 'object',
        additionalProperties: false,
        description: 'What is left out is drawn in the colour of the terminal’s text',
        properties: Object.fromEntries(
          tokens.map(token => [token, {$ref: '#/definitions/style', description: meanings[token]}]),
        ),
      },
    },
    definitions: {
      style: {
        type: 'object',
        additionalProperties: false,
        properties: {
          fg: {$ref: '#/definitions/colour', description: 'Of the text'},
          bg: {$ref: '#/definitions/colour', description: 'Behind the text'},
          bold: flag('Bold'),
          dim: flag('Faint, where the terminal can'),
          italic: flag('Italic'),
          underline: flag('Underlined'),
          inverse: flag('Text and background change places'),
        },
      },
      colour: {
        anyOf: [
          {type: 'integer', minimum: 0, maximum: 255, description: 'A colour of the terminal’s palette of 256'},
          {type: 'string', pattern: HEX, description: 'The nearest one of the palette is shown where it has to be'},
        ],
      },
    },
  };
}

const HEX = '^#[0-9a-fA-F]{6}$';
