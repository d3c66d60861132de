/** Who lives in the demo. The first is the administrator. Passwords are printed, so they are nobody's secret. */
export const DEMO_PEOPLE = [
  "Ada Moreau",
  "Ben Okafor",
  "Carol Jensen",
  "Dario Rossi",
  "Emi Tanaka",
  "Farah Haddad",
] as const;
export const DEMO_GUEST = "Grace from Northwind";
export type DemoName = (typeof DEMO_PEOPLE)[number] | typeof DEMO_GUEST;

/** First name, in lower case, and the same three words: easy to type from the terminal. */
export function demoPassword(name: string): string {
  return `${(name.split(" ")[0] ?? name).toLowerCase()} tries the demo`;
}

type Line = readonly [who: string, text: string];

export interface DemoGroup {
  readonly name: string;
  readonly description: string;
  readonly members: readonly string[];
  /** Small talk before the scene, so that there is history to scroll through. */
  readonly filler: number;
  readonly scene: readonly Line[];
}

export const GENERAL_SCENE: readonly Line[] = [
  ["Carol", "Good morning! The new coffee beans are in the kitchen. They are *very* serious beans."],
  ["Dario", "Define serious."],
  ["Carol", "I had one cup and reorganised the supply cupboard."],
  ["Ben", "Reminder: the office is closed on Friday. If you need the print room, tell me by Wednesday."],
  ["Farah", "Thanks Ben. I will print the posters on Tuesday then."],
  ["Grace", "Hello everyone, Grace here from Northwind. Thank you for the link, it worked straight from my phone."],
  ["Ada", "Welcome Grace! Emi and Farah are your people for the poster series."],
  ["Emi", "Hi Grace 👋 I will put the first drafts together this afternoon."],
];

export const DEMO_GROUPS: readonly DemoGroup[] = [
  {
    name: "Launch week",
    description: "Everything that has to happen before Thursday.",
    members: ["Ada", "Ben", "Carol", "Dario", "Emi", "Farah"],
    filler: 120,
    scene: [
      ["Ada", "Where are we with the list?"],
      [
        "Ben",
        "Three open points:\n\n1. Pricing page: waiting for the last translation\n2. Status page: **done**\n3. Release notes: Farah has a draft",
      ],
      ["Farah", "Draft is ready to read. I kept it to one page."],
      [
        "Dario",
        'The import is fixed, by the way. It was one line:\n\n```ts\nconst rows = await readRows(file, { encoding: "utf-8" });\n```',
      ],
      ["Dario", "The files from the old system start with a byte order mark, so the first column never matched."],
      ["Carol", "That explains the 212 tickets named `undefined` 😅"],
      ["Ada", "> That explains the 212 tickets\n\nLovely. Can we close them in one go?"],
      ["Carol", "Already done. Each got a friendly answer."],
      ["Emi", "Pictures for the announcement are final. Light and dark, both at 2×."],
      ["Ada", "These look *wonderful*, Emi."],
      ["Ben", "Pricing page is live in all four languages ✅"],
      ["Farah", "Then I will send the release notes to proof-reading now. Last call for changes!"],
    ],
  },
  {
    name: "Design",
    description: "Drafts, type, colour, and opinions.",
    members: ["Ada", "Emi", "Farah", "Carol"],
    filler: 90,
    scene: [
      ["Emi", "Second round of the poster series is up. I moved the date below the title."],
      ["Farah", "Much calmer. The title has room to breathe now."],
      ["Emi", "The blue is a little colder than the web one: on paper `#3b5bdb` prints too purple."],
      ["Carol", "Could we try one with the photograph full bleed?"],
      ["Emi", "Sure, I will try it tonight and show you tomorrow."],
      ["Farah", "Type scale notes are at https://example.org/notes/type-scale"],
    ],
  },
];

export const DEMO_DIRECTS: readonly { readonly pair: readonly [string, string]; readonly scene: readonly Line[] }[] = [
  {
    pair: ["Ada", "Ben"],
    scene: [
      ["Ben", "Do you have ten minutes after lunch?"],
      ["Ada", "Yes, 13:30?"],
      ["Ben", "Perfect. I will bring the numbers."],
      ["Ben", "And biscuits."],
    ],
  },
  {
    pair: ["Ada", "Emi"],
    scene: [
      ["Ada", "The posters made my day. Thank you!"],
      ["Emi", "That makes mine 🙂"],
      ["Ada", "Could you show them on Thursday? Five minutes, right at the start."],
      ["Emi", "Happy to. I will bring the printed ones."],
    ],
  },
  {
    pair: ["Ada", "Dario"],
    scene: [
      ["Dario", "Backups ran through, restore test too: 4 minutes 12."],
      ["Ada", "Under five, as promised. Great."],
    ],
  },
];

export const LONG_GROUP = {
  name: "Support log",
  description: "Every ticket, one line each. Twenty thousand of them.",
  members: ["Ada", "Carol", "Dario", "Ben"],
  count: 20_000,
} as const;

export const SMALL_TALK = [
  "Sounds good to me.",
  "I will look at it after lunch.",
  "Could you send me the latest version?",
  "Done. Tell me if something is missing.",
  "Nice, that was quick!",
  "I am not sure about the second paragraph. Shorter?",
  "Let us talk about it tomorrow morning.",
  "Works on my phone as well.",
  "Who can take this one?",
  "I can.",
  "Thank you, that helps a lot.",
  "One small thing: the date on page two is wrong.",
  "Fixed.",
  "I am in a meeting until three, then I am all yours.",
  "The numbers look better than last week.",
  "Agreed. Let us keep it simple.",
  "Good catch!",
  "I would rather wait for the answer from the printers.",
  "They just called: Tuesday is fine.",
  "Perfect timing.",
] as const;

const SUBJECTS = [
  "Sign-in",
  "Invoice",
  "Export",
  "Printer",
  "Calendar",
  "Search",
  "Password",
  "Import",
  "Contract",
  "Newsletter",
];
const OUTCOMES = [
  "answered",
  "solved",
  "waiting for the customer",
  "passed on to the workshop",
  "closed, no reply",
  "solved with a call",
];

/** The n-th line of the long conversation. */
export function supportLine(n: number): string {
  const subject = SUBJECTS[n % SUBJECTS.length];
  const outcome = OUTCOMES[Math.floor(n / 3) % OUTCOMES.length];
  return `Ticket ${n}, ${subject}: ${outcome}.`;
}
