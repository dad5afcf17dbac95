/** The file of a restore's report: opened before anything is restored, so that no outcome is lost for want of a place. */
import { type FileHandle, open } from 'node:fs/promises';
import type { TextSink } from '../frame/context.ts';
import { explain, UsageError } from '../frame/failures.ts';
import type { RestoreReport } from './restore-report.ts';

/** An open report. */
export interface ReportFile {
  /** Writes the report in place of what was in the file. False when it could not be written, which is said on `stderr`. */
  write(report: RestoreReport, stderr: TextSink): Promise<boolean>;
}

/** Opens the file, which only its owner may read. Fails with UsageError; then nothing was done. */
export async function openReport(path: string): Promise<ReportFile> {
  let file: FileHandle;
  try {
    // What an earlier report says stays until the new one is written.
    file = await open(path, 'a', 0o600);
  } catch (error) {
    const { message } = explain(error);
    throw new UsageError(
      `Nothing was restored: the report ${path} cannot be written (${message.replace(/\.$/, '')}).`,
      'Name another place with --report.',
    );
  }
  return {
    async write(report, stderr) {
      try {
        await file.truncate(0);
        await file.writeFile(`${JSON.stringify(report, null, 2)}\n`);
        await file.sync();
        stderr.write(`Report: ${path}\n`);
        return true;
      } catch (error) {
        const { message } = explain(error);
        stderr.write(`Warning: the report ${path} could not be written: ${message}\n`);
        return false;
      } finally {
        await file.close();
      }
    },
  };
}
