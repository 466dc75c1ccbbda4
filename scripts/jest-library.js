/** Has a library's file loaded by Node itself, which keeps it for the suites to come; Jest would load it anew for each. */
module.exports = {
  /**
   * @param {string} _source
   * @param {string} file
   */
  process: (_source, file) => ({ code: `module.exports = requireShared(${JSON.stringify(file)});` }),
};
