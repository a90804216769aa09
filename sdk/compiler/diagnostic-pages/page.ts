/** What stands on the page of a diagnostic, beside its title and mend: see `docs/errors/`. */
export type DiagnosticPage =
  | {
      /** Why the compiler refuses it; one or two sentences. */
      why: string;
      /** An example that gives this code and no other. One that begins with `import` is a whole file, else it stands in a flow's body. */
      wrong: string;
      /** The same, mended: it compiles. */
      right: string;
      /** Further files beside the example. */
      files?: Record<string, string>;
      /** What a line `// …` of the example stands for, where it is too long to print. */
      repeated?: { line: string; times: number };
    }
  | {
      /** Why the code is given no more. */
      retired: string;
    };
