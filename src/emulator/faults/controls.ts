// The control requests about faults.
import type { ControlTable } from '../wire/control.ts';
import type { FaultBox } from './fault-box.ts';

/** `GET /_emulator/faults` lists the rules, `POST` adds one, `DELETE` removes all. */
export function faultControls(box: FaultBox): ControlTable {
  return {
    'GET /_emulator/faults': () => ({ status: 200, body: { faults: box.list() } }),
    'POST /_emulator/faults': (body) => ({ status: 201, body: box.add(body) }),
    'DELETE /_emulator/faults': () => {
      box.clear();
      return { status: 204 };
    },
  };
}
