/** Comments, messages and the names of tests are written in the words of the pages. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VOCABULARY } from '../support/vocabulary.ts';

/** Log messages that were shipped: who searches a log for them finds them. */
const CONTRACTS = ['the lease could not be given back and lapses by itself'];
const FOLDERS = ['src', 'functions', 'tools', 'test', 'bench', 'infra', '.github', '.ci'];
/** The vocabulary and this test, and what an earlier version has written. */
const EXCEPTED = /^test\/(support\/vocabulary\.ts|architecture\/words\.test\.ts|data\/)/;
/** Comments and literals; the names of stored members are code. */
const TEXT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The lines of `file` that have a word which is not used. */
function wordsIn(file: string, text: string): readonly string[] {
  const isCode = /\.(ts|mjs|cjs)$/.test(file);
  return (isCode ? [...text.matchAll(TEXT)] : [...text.matchAll(/[^\n]+/g)]).flatMap((match) => {
    const [part] = match;
    if (CONTRACTS.some((contract) => part.includes(contract))) return [];
    const line = text.slice(0, match.index).split('\n').length;
    return VOCABULARY.filter(([unused]) => unused.test(part)).map(
      ([unused, instead]) => `${file}:${line} has ${unused.source}; say: ${instead}`,
    );
  });
}

it('a word that is not used is found in a comment, in a message and in the name of a test', () => {
  const text = "/** Nobody is told. */\nit('begins anew', () => fail(`ends by itself`));\nknown.told = 1;";
  expect(wordsIn('a.ts', text).map((found) => found.split(' ')[0])).toEqual(['a.ts:1', 'a.ts:2', 'a.ts:2']);
});

it('the code is written in the words of the pages', () => {
  const files = execFileSync('git', ['ls-files', ...FOLDERS], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const read = files.filter((file) => /\.(ts|tsx|mjs|cjs|sh|bicep|bicepparam|yml)$/.test(file));
  expect(read.length).toBeGreaterThan(1000);
  const found = read
    .filter((file) => !EXCEPTED.test(file))
    .flatMap((file) => wordsIn(file, readFileSync(file, 'utf8')));
  expect(found).toEqual([]);
});
