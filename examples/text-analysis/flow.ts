import { flow, task } from "runlet";
import * as z from "zod";

export const split = task(async (text: string) => text.split(/\n\s*\n/).filter((part) => part.trim() !== ""));

export const words = task(async (paragraph: string) => (paragraph.match(/\p{L}+/gu) ?? []).length);

export const sentences = task(async (paragraph: string) => (paragraph.match(/[.!?]+/g) ?? []).length);

export const longest = task(async (paragraph: string) =>
  (paragraph.match(/\p{L}+/gu) ?? []).reduce((best, word) => (word.length > best.length ? word : best), ""),
);

/** Documents, their paragraphs, and for each paragraph three measures, all side by side. */
export const textAnalysis = flow(
  { input: z.object({ documents: z.array(z.string()) }) },
  async ({ documents }) => {
    const analysed = await Promise.all(
      documents.map(async (document, number) => {
        const paragraphs = await split(document);
        const measures = await Promise.all(
          paragraphs.map(async (paragraph) => {
            const [count, ends, word] = await Promise.all([
              words(paragraph),
              sentences(paragraph),
              longest(paragraph),
            ]);
            return { count, ends, word };
          }),
        );
        return { number, measures };
      }),
    );
    return analysed.map(({ number, measures }) => ({
      number,
      paragraphs: measures.length,
      words: measures.reduce((sum, { count }) => sum + count, 0),
      sentences: measures.reduce((sum, { ends }) => sum + ends, 0),
      longest: measures
        .map(({ word }) => word)
        .reduce((best, word) => (word.length > best.length ? word : best), ""),
    }));
  },
);
