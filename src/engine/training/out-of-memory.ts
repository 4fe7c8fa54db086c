/**
 * How ONNX Runtime, the CUDA libraries and Dawn say that memory ran out. Seen with onnxruntime-node 1.30: on the CPU
 * "std::bad_alloc" from a node, and "Failed to allocate memory for requested buffer of size N" from the arena
 * (BFCArena), which CUDA has too; the others from the libraries' sources.
 */
const signs =
  /bad_alloc|failed to allocate memory|BFCArena|out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY|array buffer allocation failed|not enough memory/i;

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && signs.test(error.message);
}
