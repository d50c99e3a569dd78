import {AmuxError} from '../domain/errors.ts';

/** What nobody can do while nobody supervises. Every method of `Fleet` that writes rejects with `supervisor.read-only`. */
export class Refusing {
  register = refuse;
  update = refuse;
  switchModels = refuse;
  compact = refuse;
  unregister = refuse;
  start = refuse;
  stop = refuse;
  restart = refuse;
  stopAll = refuse;
  run = refuse;
  variables = refuse;
  send = refuse;
  sendAll = refuse;
  keys = refuse;
  type = refuse;
  clearQueue = refuse;
  decide = refuse;
  resize = refuse;
  seen = refuse;
  attach = refuse;
  attached = refuse;
  lookAt = refuse;
  testNotices = refuse;
  shutdown = refuse;
  createToken = refuse;
  revokeToken = refuse;
  addCard = refuse;
  updateCard = refuse;
  removeCard = refuse;
  claimCard = refuse;
  nextCard = refuse;
  releaseCard = refuse;
  beatCard = refuse;
  undo = refuse;
  addNote = refuse;
  writeMemory = refuse;
  fork = refuse;
  setBudget = refuse;
  removeBudget = refuse;
  addSchedule = refuse;
  changeSchedule = refuse;
  removeSchedule = refuse;
  runSchedule = refuse;
  createWorkspace = refuse;
  removeWorkspace = refuse;
  mergeWorkspace = refuse;
  pruneWorkspaces = refuse;
  initContext = refuse;
  addMcpServer = refuse;
  removeMcpServer = refuse;
  replaceMcpServers = refuse;
}

async function refuse(): Promise<never> {
  throw new AmuxError('supervisor.read-only');
}
