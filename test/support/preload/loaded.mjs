// For `node --import`: writes to the file TEST_LOADED which files of the bundle were loaded, and whether each used
// compiled code.
import { writeFileSync } from 'node:fs';
import vm from 'node:vm';

const loaded = [];
const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    const made = options.cachedData !== undefined && this.cachedDataRejected === false;
    loaded.push({ file: options.filename, made });
  }
};
process.on('exit', () => writeFileSync(process.env.TEST_LOADED, JSON.stringify(loaded)));
