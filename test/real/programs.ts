import type {Program} from './program.ts';

const question = (tool: string): string =>
  `TOOL:${tool} ${JSON.stringify({
    questions: [
      {
        question: 'Which colour?',
        header: 'Colour',
        multiSelect: false,
        options: [
          {label: 'Red', description: 'r'},
          {label: 'Blue', description: 'b'},
        ],
      },
    ],
  })}`;

const subAgent = (tool: string, input: object): string =>
  `TOOL:${tool} ${JSON.stringify({description: 'sub', ...input})}`;

const claude: Program = {
  name: 'claude',
  package: '@anthropic-ai/claude-code',
  provider: 'anthropic',
  args: ['--permission-mode', 'manual', '--allowedTools', 'Bash(python3 tool.py:*)'],
  sees: {
    busy: /esc to interrupt|· retrying in|^[✻✶✳✢✽·*] [^\n]*…( |$)/m,
    composer: /^❯/m,
    trust: /Yes, I trust this folder/,
    permission: /Do you want to proceed\?/,
    question: /Which colour\?[\s\S]*Enter to select/,
    menu: /Select model[\s\S]*Esc to cancel/,
    error: /API Error/,
    contextFull: /Context limit reached|Prompt is too long/,
    limit: /API Error[^\n]*429|rate limit/i,
  },
  keys: {
    trust: ['Down', 'Enter'],
    allow: ['Enter'],
    deny: ['Escape'],
    answer: ['Enter'],
    interrupt: ['Escape'],
    closeMenu: ['Escape'],
  },
  other: {model: 'sonnet', asks: 'claude-sonnet-5-5'},
  settings: '.claude/settings.json',
  says: {
    ask: (name, seconds) => `RUN:python3 ask.py ${name} ${seconds}`,
    question: question('AskUserQuestion'),
    tool: (server, tool, input) => `TOOL:mcp__${server}__${tool} ${JSON.stringify(input)}`,
    background:
      'TOOL:Agent {"description":"sub","prompt":"WORDS:40/100","subagent_type":"general-purpose","run_in_background":true}',
    delegate: prompt => subAgent('Agent', {prompt, subagent_type: 'general-purpose'}),
    retries: 'ERR:529*2',
    error: 'ERR:400',
    limit: 'ERR:429@3600',
    limitOnce: 'ERR:429*1@3600',
    fills: 'USAGE:850000,10',
    menu: '/model',
    compact: '/compact',
    clear: '/clear',
    exit: '/exit',
  },
  cannot: {'sub-agent': 'its sub-agents go on in the background: see there'},
};

const codex: Program = {
  name: 'codex',
  package: '@openai/codex',
  provider: 'openai',
  args: ['-s', 'workspace-write', '-a', 'on-request'],
  sees: {
    busy: /esc to interrupt/,
    // Without the line of model and directory it is a splash screen that takes nothing yet.
    composer: /^› (?!\d\.)[\s\S]*\n {2}\S[^\n]* · \//m,
    trust: /1\. Trust and continue/,
    permission: /Would you like to run the following command\?/,
    question: /Which colour\?[\s\S]*1\. Red/,
    menu: /Select Model/,
    clearing: /Where should the new conversation run\?/,
    error: /^■/m,
    contextFull: /ran out of room/,
    limit: /^■[^\n]*429/m,
  },
  keys: {
    trust: ['Enter'],
    allow: ['y'],
    deny: ['Escape'],
    answer: ['Enter'],
    interrupt: ['Escape'],
    closeMenu: ['Escape'],
  },
  other: {model: 'gpt-5.4', asks: 'gpt-5.4'},
  settings: '.codex/config.toml',
  says: {
    ask: (name, seconds) =>
      `TOOL:exec_command {"cmd":"python3 ask.py ${name} ${seconds}","sandbox_permissions":"require_escalated","justification":"to test"}`,
    // Only plan mode offers the tool.
    beforeQuestion: '/plan',
    question:
      'TOOL:request_user_input {"questions":[{"id":"colour","header":"Colour","question":"Which colour?","options":[{"label":"Red","description":"r"},{"label":"Blue","description":"b"}]}]}',
    retries: 'ERR:500*2',
    error: 'ERR:400',
    limit: 'ERR:429',
    limitOnce: 'ERR:429*1',
    fills: 'USAGE:250000,10',
    menu: '/model',
    compact: '/compact',
    clear: '/new',
    exit: '/quit',
  },
  cannot: {
    'background sub-agent': 'it offers its model no sub-agents',
    'sub-agent': 'it offers its model no sub-agents',
    'MCP server of the fleet': 'it offers its model those tools by a search that the stand-in cannot do',
  },
};

const gemini: Program = {
  name: 'gemini',
  package: '@google/gemini-cli',
  launched: true,
  provider: 'gemini',
  args: [],
  homeFiles: {
    '.gemini/policies/test.toml':
      '[[rule]]\ntoolName = "run_shell_command"\ncommandPrefix = "python3 tool.py"\ndecision = "allow"\npriority = 100\n',
  },
  sees: {
    busy: /esc to cancel|^\S Compressing chat history/m,
    composer: /^ [>*] /m,
    trust: /Do you trust the files in this folder\?/,
    restarted: /Gemini CLI v\d/,
    permission: /Allow execution of/,
    question: /Which colour\?/,
    menu: /\(Press Esc to close|esc to close|Enter to select/i,
    error: /✕/,
    contextFull: /✕[\s\S]*token count/,
  },
  keys: {
    trust: ['Enter'],
    allow: ['Enter'],
    deny: ['Escape'],
    answer: ['Enter'],
    interrupt: ['Escape'],
    closeMenu: ['Escape'],
  },
  other: {model: 'gemini-2.5-pro', asks: 'gemini-2.5-pro'},
  settings: '.gemini/settings.json',
  says: {
    ask: (name, seconds) => `RUN:python3 ask.py ${name} ${seconds}`,
    question:
      'TOOL:ask_user {"questions":[{"question":"Which colour?","header":"Colour","type":"choice","options":[{"label":"Red","description":"r"},{"label":"Blue","description":"b"}]}]}',
    delegate: prompt => `TOOL:invoke_agent ${JSON.stringify({agent_name: 'generalist', prompt})}`,
    retries: 'ERR:500*2',
    error: 'ERR:400',
    limit: 'ERR:429*1 SAY:done',
    menu: '/settings',
    compact: '/compress',
    clear: '/clear',
    exit: '/quit',
  },
  cannot: {
    fork: 'it cannot copy a conversation',
    'background sub-agent': 'its sub-agents work within the turn',
    'sub-agent': 'its sub-agents end only with a call that the stand-in cannot make',
    'killed compacting': 'its stand-in does not tell a compaction from another request',
    'MCP server of the fleet': 'it takes them only below directories that nobody but root may write to',
  },
};

const opencode: Program = {
  name: 'opencode',
  package: 'opencode-ai',
  provider: 'openai',
  args: [],
  files: {
    'opencode.json': JSON.stringify({
      provider: {fake: {models: {'gpt-other': {name: 'GPT other'}}}},
      permission: {bash: {'*': 'ask', 'python3 tool.py *': 'allow'}, question: 'allow'},
    }),
  },
  sees: {
    busy: /esc (again to )?interrupt|\[retrying/,
    composer: /^\s*╹▀{10,}/m,
    permission: /△ Permission required/,
    question: /Which colour\?[\s\S]*enter submit/,
    menu: /Select model|Models?\b[^\n]*esc/i,
    error: /scripted failure|Bad Request/,
  },
  keys: {
    allow: ['Enter'],
    deny: ['Right', 'Right', 'Enter'],
    answer: ['Enter'],
    interrupt: ['Escape', 'Escape'],
    closeMenu: ['Escape'],
  },
  other: {model: 'fake/gpt-other', asks: 'gpt-other'},
  settings: '.config/opencode/opencode.json',
  says: {
    ask: (name, seconds) => `RUN:python3 ask.py ${name} ${seconds}`,
    question: question('question'),
    tool: (server, tool, input) => `TOOL:${server}_${tool} ${JSON.stringify(input)}`,
    subAgent: 'TOOL:task {"description":"sub","prompt":"WORDS:40/100","subagent_type":"general"}',
    delegate: prompt => subAgent('task', {prompt, subagent_type: 'general'}),
    retries: 'ERR:500*2',
    error: 'ERR:400',
    limit: 'ERR:429*2 SAY:done',
    afterFull: 'The previous request exceeded',
    menu: '/models',
    compact: '/compact',
    clear: '/new',
    exit: '/exit',
  },
  cannot: {
    'trust dialog': 'it has none',
    'background sub-agent': 'its sub-agents work within the turn',
  },
};

export const programs: readonly Program[] = [claude, codex, gemini, opencode];
