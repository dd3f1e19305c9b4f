// For `node --import`: sets the process's clock TEST_CLOCK_MS milliseconds ahead.
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
