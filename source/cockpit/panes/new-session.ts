import {plain, width, wrap} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {fill, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import {type Form, type FormField, formFields, shownFaults} from '../new-session.ts';
import type {CockpitInfo} from '../options.ts';
import type {Theme} from '../theme.ts';

export type FormProps = {
  theme: Theme;
  body: Size;
  form: Form;
  taken: readonly string[];
  agents: CockpitInfo['agentsFound'];
};

const WIDEST = 72;
const NOTE_ROWS = 2;

const titles: Record<FormField, {title: string; placeholder: string}> = {
  name: {title: 'name', placeholder: 'payments'},
  agent: {title: 'agent', placeholder: ''},
  dir: {title: 'directory', placeholder: ''},
  command: {title: 'command', placeholder: "the agent's own"},
  prompt: {title: 'prompt', placeholder: 'nothing yet'},
};

const LABEL = Math.max(...Object.values(titles).map(({title}) => width(title)));

/** The dialog that makes a session; the note at its end says what is wrong as one types. */
export function newSessionPane({theme, body, form, taken, agents}: FormProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', 'New session']],
    right: form.busy ? [['dim', 'making it…']] : [],
  };
  const faults = shownFaults(form, taken);
  const airy = body.rows >= 14;
  const lines: string[] = airy ? [inside(frame, [])] : [];
  for (const field of formFields) {
    const focused = form.focus === field && !form.busy;
    const bad = faults[field] !== undefined;
    const label: Span[] = [
      [focused ? 'selected' : null, focused ? theme.shapes.bar : ' '],
      [bad ? 'failed' : focused ? 'strong' : 'dim', titles[field].title.padStart(LABEL)],
      [null, '  '],
    ];
    const room = columns - 4 - LABEL - 3;
    lines.push(inside(frame, [...label, ...valueSpans({theme, form, field, focused, room, agents})]));
  }
  lines.push(inside(frame, []));
  const note = noteOf(form, faults);
  const indent = airy ? 2 : 0;
  const wrapped = wrap(plain(note.text), columns - 4 - indent).map(text =>
    inside(frame, [[note.bad ? 'failed' : 'faint', ' '.repeat(indent) + text]]),
  );
  lines.push(...fill(wrapped, NOTE_ROWS, columns - 2));
  return {lines: framed(frame, lines), columns};
}

type Value = {
  theme: Theme;
  form: Form;
  field: FormField;
  focused: boolean;
  room: number;
  agents: CockpitInfo['agentsFound'];
};

function valueSpans({theme, form, field, focused, room, agents}: Value): Span[] {
  if (field !== 'agent') {
    return fieldSpans({theme, field: form[field], columns: room, focused, placeholder: titles[field].placeholder});
  }
  const agent = agents[form.agent];
  if (agent === undefined) return [['faint', 'none was found here']];
  const {left, right} = theme.shapes;
  const version: Span[] = agent.version === null ? [] : [['faint', `  ${plain(agent.version)}`]];
  const name = plain(agent.name);
  if (!focused || agents.length < 2) return [['input', name], ...version];
  return [['selected', `${left} `], ['strong', name], ['selected', ` ${right}`], ...version];
}

function noteOf(form: Form, faults: Partial<Record<FormField, string>>): {text: string; bad: boolean} {
  if (form.refused !== null) return {text: `${form.refused.message} (${form.refused.hint})`, bad: true};
  const field = faults[form.focus] === undefined ? formFields.find(name => faults[name] !== undefined) : form.focus;
  if (field !== undefined) return {text: `${titles[field].title}: ${faults[field]}`, bad: true};
  if (form.focus === 'agent' && form.agents.length < 2) return {text: '', bad: false};
  return {text: about[form.focus], bad: false};
}

const about: Record<FormField, string> = {
  name: 'how you will call it: letters, digits, . - _',
  agent: 'left and right choose another one',
  dir: 'where it works; ~ is your home',
  command: "a command line instead of the agent's own; usually empty",
  prompt: 'the first message, sent once it is up',
};
