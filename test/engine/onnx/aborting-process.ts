/** Process entry: ends as a broken driver ends the process that loads it. */
process.abort();
