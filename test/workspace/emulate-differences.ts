/** Answers by the step that got them. */
export type Replies = Map<string, Record<string, unknown>>;

/** One property of one answer about which the two disagree: what stands there on each side. */
export interface Difference {
  step: string;
  path: string;
  emulate: string;
  ours: string;
}

// Of these the value counts, of everything else its kind: ids and times differ in any two workspaces.
const BY_VALUE = ['ok', 'error', 'status', 'body', 'said', 'needed'];

/** The leaves of an answer: path -> kind or value. `channel` is called by the same name on both sides. */
function leaves(value: unknown, channel: string, path = ''): [path: string, kind: string][] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [[path, 'empty list']];
    return leaves(value[0], channel, `${path}[]`);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [[path, 'empty object']];
    return entries.flatMap(([name, inner]) => {
      const key = name === channel ? 'CHANNEL' : name;
      return leaves(inner, channel, path === '' ? key : `${path}.${key}`);
    });
  }
  if (BY_VALUE.includes(path)) return [[path, String(value)]];
  return [[path, value === null ? 'null' : typeof value]];
}

/** Everything about which two runs of the same steps disagree. */
export function differencesOf(emulate: Replies, ours: Replies, channels: readonly [string, string]): Difference[] {
  const steps = new Set([...emulate.keys(), ...ours.keys()]);
  return [...steps].flatMap((step) => {
    const theirs = new Map(leaves(emulate.get(step), channels[0]));
    const mine = new Map(leaves(ours.get(step), channels[1]));
    return [...new Set([...theirs.keys(), ...mine.keys()])]
      .map((path) => ({
        step,
        path,
        emulate: theirs.get(path) ?? 'absent',
        ours: mine.get(path) ?? 'absent',
      }))
      .filter((one) => one.emulate !== one.ours);
  });
}

interface Exception {
  /** The steps that it is about. */
  steps: RegExp;
  /** What the two say, by path; `*` stands for the rest of a path. */
  paths: Record<string, [emulate: string, ours: string]>;
  reason: string;
}

/** The refusals of our argument checks say which argument, and of our block checks which place, as Slack's do. */
const NAMED: Exception['paths'] = { 'response_metadata.messages[]': ['absent', 'string'] };

/** Where the two disagree on purpose. Slack's behaviour is from docs.slack.dev and limits.json unless said otherwise. */
const exceptions: Exception[] = [
  {
    steps: /with a foreign token$/,
    paths: {
      error: ['missing_scope', 'invalid_auth'],
      needed: ['files:read', 'absent'],
      provided: ['string', 'absent'],
    },
    reason: 'emulate takes any token for one of its first user; Slack refuses a token that it has not given out',
  },
  {
    steps: /^download xoxb-foreign$/,
    paths: {
      status: ['200', '401'],
      body: ['{"ok":false,"error":"missing_scope","needed":"files:read","provided":""}', 'absent'],
    },
    reason: 'the same for downloads: WORKSPACE.md asks for a 401 without the bearer token of the app',
  },
  {
    steps: /^files\.info of no file$/,
    paths: { error: ['file_not_found', 'invalid_arguments'], ...NAMED },
    reason: 'a missing required argument is invalid_arguments on Slack, whatever the method',
  },
  {
    steps: /^files\.(getUploadURLExternal (without|of a negative)|completeUploadExternal of no file)/,
    paths: NAMED,
    reason: 'Slack names the arguments that it refuses',
  },
  {
    steps: /^files\.getUploadURLExternal of nothing$/,
    paths: {
      ok: ['true', 'false'],
      error: ['absent', 'invalid_arguments'],
      upload_url: ['string', 'absent'],
      file_id: ['string', 'absent'],
      ...NAMED,
    },
    reason: 'limits.json: a file has at least one byte',
  },
  {
    steps: /^upload of another length$/,
    paths: { status: ['200', '400'], said: ['OK', 'absent'] },
    reason:
      'emulate keeps bytes of any number; here the length that was announced must come, or a cut upload looks whole',
  },
  {
    steps: /^upload as it should be$/,
    paths: { said: ['OK', 'OK - 3'] },
    reason: "Slack's upload hosts answer OK and the number of bytes",
  },
  {
    steps: /^files\.\w+ as it should be$/,
    paths: { '*.initial_comment': ['string', 'absent'] },
    reason: 'file comments are gone from Slack since 2018: the comment is the text of the message',
  },
  {
    steps: /^files\.\w+ as it should be$/,
    paths: {
      '*.username': ['absent', 'string'],
      '*.permalink_public': ['absent', 'string'],
      '*.file_access': ['absent', 'string'],
    },
    reason: "properties of Slack's file object that emulate leaves out",
  },
  {
    steps: /^files\.info as it should be$/,
    paths: { 'paging.*': ['number', 'absent'], 'response_metadata.next_cursor': ['absent', 'string'] },
    reason: 'the comments of a file come by cursor; emulate has the older pages by number',
  },
  {
    steps: /^reactions\.get of none$/,
    paths: { 'message.reactions': ['empty list', 'absent'] },
    reason: 'a message without reactions has no such property on Slack',
  },
  {
    steps: /^reactions\.get (of none|as it should be)$/,
    paths: {
      channel: ['absent', 'string'],
      'message.bot_id': ['absent', 'string'],
      'message.app_id': ['absent', 'string'],
      'message.team': ['absent', 'string'],
    },
    reason: "Slack's answer names the channel, and a message of an app its app; emulate's token is a person's",
  },
  {
    steps: /^reactions\.\w+ in an unknown channel$/,
    paths: { error: ['message_not_found', 'channel_not_found'] },
    reason: 'emulate looks for the message only',
  },
  {
    steps: /^reactions\.add with colons$/,
    paths: { ok: ['true', 'false'], error: ['absent', 'invalid_name'] },
    reason: 'emulate takes any text for the name of an emoji',
  },
  {
    steps: /^views\.open without a trigger$/,
    paths: { error: ['invalid_trigger_id', 'invalid_arguments'], ...NAMED },
    reason: 'a missing required argument is invalid_arguments on Slack, whatever the method',
  },
  {
    steps: /^views\.\w+ (of a home tab|without a title|of a modal|to a home tab)$/,
    paths: { error: ['invalid_view', 'invalid_arguments'], 'errors[]': ['absent', 'string'], ...NAMED },
    reason: 'Slack has no invalid_view: it answers invalid_arguments with a pointer to what it refuses',
  },
  {
    steps: /^views\.update of no view$/,
    paths: { error: ['not_found', 'invalid_arguments'] },
    reason: 'one of view_id and external_id is required on Slack',
  },
  {
    steps: /^views\.\w+ (just in time|with its hash|once|twice|as it should be)$/,
    paths: {
      'view.app_installed_team_id': ['absent', 'string'],
      response_metadata: ['absent', 'empty object'],
    },
    reason: "properties of Slack's answer that emulate leaves out",
  },
  {
    steps: /^views\.publish (with its hash|as it should be)$/,
    paths: {
      'view.title': ['null', 'absent'],
      'view.title.*': ['absent', 'string'],
      'view.title.emoji': ['absent', 'boolean'],
    },
    reason: "Slack's answer gives a home tab the title 'View Title'",
  },
];

function covers({ steps, paths }: Exception, one: Difference): boolean {
  if (!steps.test(one.step)) return false;
  return Object.entries(paths).some(([pattern, [emulate, ours]]) => {
    const [before = '', after] = pattern.split('*');
    const fits = after === undefined ? one.path === pattern : one.path.startsWith(before) && one.path.endsWith(after);
    return fits && one.emulate === emulate && one.ours === ours;
  });
}

/** The differences that no exception explains. */
export function unexplained(differences: readonly Difference[]): Difference[] {
  return differences.filter((one) => !exceptions.some((exception) => covers(exception, one)));
}

/** Exceptions that no difference needs any more: one of the two has changed. */
export function unused(differences: readonly Difference[]): string[] {
  return exceptions
    .filter((exception) => !differences.some((one) => covers(exception, one)))
    .map(({ reason }) => reason);
}
