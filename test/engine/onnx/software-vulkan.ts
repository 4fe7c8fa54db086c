/**
 * The software Vulkan driver that Debian's chromium package carries (SwiftShader): a GPU path without a GPU. Packages
 * chromium and libvulkan1.
 */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const drivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

const driver = drivers.find((file) => existsSync(file));
const loader = libraryFolders.find((folder) => existsSync(folder) && readdirSync(folder).includes('libvulkan.so.1'));

/** Why the driver can't be used; null when it can. */
export const missing: string | null = driver
  ? loader
    ? null
    : 'libvulkan.so.1 is not installed (package libvulkan1)'
  : `no software Vulkan driver: none of ${drivers.join(', ')} is there (package chromium)`;

/** The environment of a process that is to see this driver and no other. */
export function softwareVulkan(): NodeJS.ProcessEnv {
  // Vulkan's loader wants a private folder there
  const runtime = mkdtempSync(path.join(os.tmpdir(), 'podium-vulkan-'));
  return { ...process.env, VK_DRIVER_FILES: driver, XDG_RUNTIME_DIR: runtime };
}

/** One in which no Vulkan driver is found. */
export function withoutVulkan(): NodeJS.ProcessEnv {
  return { ...process.env, VK_DRIVER_FILES: path.join(os.tmpdir(), 'no-such-driver.json') };
}
