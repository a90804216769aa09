export type { Cut } from "./chain.ts";
export type { FilePort, FileSystemPort } from "./file-system.ts";
export type { Journal, JournalStats, Position, Put } from "./journal.ts";
export { nodeFiles } from "./node-files.ts";
export { type JournalOptions, openJournal } from "./open.ts";
export type { ProcessIdentity, ProcessPort } from "./process-identity.ts";
export { TextBytes } from "./record.ts";
export type { JournalEntry, Replay } from "./recovery.ts";
