import {agents} from '../agents/registry.ts';
import {defaultAgentOf, listProfiles, loadAgents, type Profile, resolveProfile} from '../config/profiles.ts';
import {findProject, type Project} from '../config/project.ts';
import type {Settings} from '../config/settings.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Session} from '../domain/session.ts';

export type Profiles = {
  resolve: (agent: string, project: Project | null) => Profile;
  list: (project: Project | null) => Profile[];
  defaultAgent: (project: Project | null) => string;
};

/** Both configurations are read at each use, so that an edited file counts from the next launch on. */
export function profilesFor(home: () => Pick<Settings, 'agents' | 'defaultAgent'>): Profiles {
  const builtins = agents.map(agent => agent.name);
  const configOf = (project: Project | null) => (project?.configFile == null ? null : loadAgents(project.configFile));
  const sources = (project: Project | null) => ({project: configOf(project), home: home(), builtins});
  return {
    resolve: (agent, project) => resolveProfile(agent, sources(project)),
    list: project => listProfiles(sources(project)),
    defaultAgent: project => defaultAgentOf(configOf(project), home()),
  };
}

/** Whether the profile of a session says that it compacts before a card. */
export function compactingBy(profiles: Profiles): (session: Pick<Session, 'agent' | 'dir'>) => boolean {
  return ({agent, dir}) => {
    try {
      return profiles.resolve(agent, findProject(dir)).compactOnClaim;
    } catch (error) {
      // Its profile is gone, or cannot be read: that is told at its next launch.
      if (error instanceof AmuxError) return false;
      throw error;
    }
  };
}
