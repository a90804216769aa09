/** The names of files in a data directory. Numbers have leading zeros, so that a listing is in order. */
const pad = (value: number): string => String(value).padStart(8, "0");

/** Says what the directory is, and its format, in words. */
export const MARKER = "JOURNAL";

export const ownerName = (epoch: number): string => `owner-${pad(epoch)}.json`;
export const segmentName = (epoch: number, index: number): string =>
  `segment-${pad(epoch)}-${pad(index)}.journal`;
export const snapshotName = (through: number, epoch: number): string =>
  `snapshot-${String(through).padStart(15, "0")}-${pad(epoch)}.snap`;
export const quarantineName = (name: string, offset: number): string => `quarantine-${name}-from-${offset}`;

/** Of ours: `<name>.<12 digits>.tmp`. A file of somebody else may end like that, and stays. */
export const isTemporary = (name: string): boolean =>
  /^(JOURNAL|ENGINE|owner-\d+\.json|segment-\d+-\d+\.journal|snapshot-\d+-\d+\.snap|quarantine-.+)\.[0-9a-f]{12}\.tmp$/.test(
    name,
  );

export function ownerEpoch(name: string): number | undefined {
  const match = /^owner-(\d+)\.json$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

export interface SegmentName {
  readonly name: string;
  readonly epoch: number;
  readonly index: number;
}

export interface SnapshotName {
  readonly name: string;
  readonly through: number;
  readonly epoch: number;
}

/** The segments among the names, in the order in which they were begun. */
export function segmentsIn(names: readonly string[]): SegmentName[] {
  return names
    .flatMap((name) => {
      const match = /^segment-(\d+)-(\d+)\.journal$/.exec(name);
      return match ? [{ name, epoch: Number(match[1]), index: Number(match[2]) }] : [];
    })
    .sort((a, b) => a.epoch - b.epoch || a.index - b.index);
}

/** The snapshots among the names, the one that contains most last. */
export function snapshotsIn(names: readonly string[]): SnapshotName[] {
  return names
    .flatMap((name) => {
      const match = /^snapshot-(\d+)-(\d+)\.snap$/.exec(name);
      return match ? [{ name, through: Number(match[1]), epoch: Number(match[2]) }] : [];
    })
    .sort((a, b) => a.through - b.through || a.epoch - b.epoch);
}
