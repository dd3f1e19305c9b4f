/** A wording and its plainer form. A space stands for any white space. */
export interface Pattern {
  readonly find: RegExp;
  readonly replacement: string;
  /** Paths where the wording is right. */
  readonly allowed?: RegExp;
}

/** A pattern lists only some forms of a verb or noun if the other forms are fine. */
export const PATTERNS: readonly Pattern[] = [
  {
    find: /\b(?:tells?|told|telling)\b/,
    replacement: 'print, show, report, say',
    // `told` is a JSON field of a finding
    allowed: /^src\/domain\/audit\/hourly-sales\.ts$/,
  },
  {
    find: /\b(?:answers|answered|answering|(?:an|the|each|every|its|no|last|one|same) answer)\b/,
    replacement: 'print (a command), return (a function), respond (a server)',
    // `answer` is the right word for prompts
    allowed: /\bprompts?\b/,
  },
  {
    find: /\b(?:go|goes|going|gone|went) away\b|\b(?:is|are|was|were|been|be) away\b/,
    replacement: 'unavailable, down',
  },
  { find: /\b(?:go|goes|going|gone|went) on\b/, replacement: 'continue, resume' },
  { find: /\b(?:take|takes|taken|taking|took) (?:\w+ ){0,3}back\b/, replacement: 'retry, undo' },
  { find: /\bmend(?:s|ed|ing)?\b/, replacement: 'fix' },
  { find: /\banew\b/, replacement: 'again' },
  {
    find: /\b(?:a|an|the|each|every|first|last|next|another|one|two|between|our|its) looks?\b/,
    replacement: 'poll, check',
  },
  { find: /\b(?:ask|asks|asked|asking) for\b/, replacement: 'request, prompt for' },
  { find: /\bconsent(?:s|ed)?\b/, replacement: 'confirm, confirmation' },
  { find: /\btalk\b/, replacement: 'messages, diagnostics' },
  { find: /\boutside world\b/, replacement: 'external systems' },
  { find: /\b(?:come|comes|came) to be\b/, replacement: 'exist' },
  { find: /\b(?:become|becomes|became) of\b/, replacement: 'outcome' },
  { find: /\bmakes? idle\b/, replacement: 'disable, ignore' },
  { find: /\bto be had\b/, replacement: 'available' },
  { find: /\bthere is no place\b/, replacement: 'no room' },
  { find: /\b(?:whoever|whosoever|whatever)\b/, replacement: 'name the thing: the caller, the worker, the row' },
  {
    find: /(?<=\/\*\*\s+)(?:What|Who|Whether|That|Those)\b(?! [^.]*\?)/,
    replacement: 'begin with a verb or a noun that says what it is',
  },
  { find: /\bin hand\b/, replacement: 'active' },
  { find: /\bgroup without a command\b/, replacement: 'no subcommand given' },
  { find: /\bfor good\b/, replacement: 'permanently' },
  { find: /\b(?:so|that) many\b/, replacement: 'n, the given number' },
];

/** Words that say nothing in a file's name. */
export const NAMES: Pattern = {
  find: /\b(?:place|seat|claim|look|ahead|pulse|spread|talk)\b/,
  replacement: "the field's term for what it is",
  allowed: /^src\/commands\/order\/place\.ts$/,
};
