/** The API, and who calls it, for every part of the page. */
import { createContext } from 'preact';
import type { Api } from './client.ts';
import type { Me } from './model.ts';

/** Set once somebody is signed in; nothing that calls the API is shown before. */
export const ApiContext = createContext<Api>({
  get session(): never {
    throw new Error('nobody is signed in');
  },
  send: () => Promise.reject(new Error('nobody is signed in')),
  get: () => Promise.reject(new Error('nobody is signed in')),
});

/** Who is signed in, as the API knows them; nobody may do anything before that is known. */
export const MeContext = createContext<Me>({
  name: '',
  id: '',
  roles: [],
  groups: [],
  groupsUnknown: false,
  contexts: [],
  can: { read: false, request: false, approve: false, audit: false },
});
