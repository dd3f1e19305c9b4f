// For `node --import`: the process's clock is TEST_CLOCK_MS milliseconds ahead of the machine's.
const RealDate = Date;
const ahead = Number(process.env.TEST_CLOCK_MS);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + ahead] : args));
  }

  static now() {
    return RealDate.now() + ahead;
  }
};
