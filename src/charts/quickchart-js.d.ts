/**
 * What we use of quickchart-js. Its own declarations are for a CommonJS module (`exports.default`), while Node is given
 * its ES module; the compiler would want `QuickChart.default`, which isn't there when it runs.
 */
declare module 'quickchart-js' {
  export default class QuickChart {
    setScheme(scheme: 'http' | 'https'): this;
    setHost(host: string): this;
    setVersion(version: string): this;
    setFormat(format: 'png'): this;
    setBackgroundColor(colour: string): this;
    setWidth(width: number): this;
    setHeight(height: number): this;
    setDevicePixelRatio(ratio: number): this;
    setConfig(json: string): this;
    toBinary(): Promise<Buffer>;
  }
}
