import type {StreamRoute} from '../route.ts';
import {eventView, screen} from '../schemas/system.ts';

export const streamRoutes: StreamRoute[] = [
  {
    url: '/api/sessions/:name/screens',
    role: 'viewer',
    summary: 'Its styled screen now and after each change',
    value: screen,
    resumes: false,
    async *stream(fleet, {name, signal}) {
      for await (const data of fleet.screens(name, signal)) yield {id: null, data};
    },
  },
  {
    url: '/api/events',
    role: 'viewer',
    summary: 'Every journal entry after `Last-Event-ID` (or `since`), then each new one',
    value: eventView,
    resumes: true,
    async *stream(fleet, {since, signal}) {
      for await (const event of fleet.events({since, signal})) yield {id: event.cursor, data: event};
    },
  },
];
