/** Where the console shows a request. */

/** Its address; `origin`: of the recovery app. */
export function pageOf(origin: string, id: string): string {
  return `${origin}/requests/${id}`;
}
