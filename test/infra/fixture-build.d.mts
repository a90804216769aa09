export function makeFixtureBuild(): Promise<{ build: string; controlPlane: string; remove(): void }>;
