"""What a reader of the results must know: the columns, and what each section measures."""

READING = """\
- **seconds**: median of the runs; the CSV files have the fastest and slowest too. The methods of a problem take turns,
  each in a process of its own, warmed up, with the number of threads that the title says. A run is counted from data in
  memory unless the section says otherwise. Methods that take long run fewer times. Peaks of one thread and steps of
  ensembles are CPU seconds, which other work on the machine changes less.
- **× traindyn**: these seconds over this project's, of the same run of the benchmark. Above 1, this project is faster.
- **deviation**: from the section's reference; what is compared stands above each table.
- **peak MiB**: the largest memory that the process ever had (`VmHWM` of Linux, elsewhere `ru_maxrss`): interpreter,
  libraries and data too. **working MiB**: the same less what it held just before the first run (libraries, and the data
  where they are loaded before).
- **of matrix peak**, **of bandwidth**: work counted analytically / seconds, as a share of the best matrix product, or
  of the best copying or adding up of memory, that the section *machine* measured with as many threads.
"""
ABOUT = {
    "machine": "Speed = work / seconds: the best rows are the peaks that the shares below refer to.",
    "koopman": "Fits of the width experiment: real recordings (MNIST, 10 replicas × 1000 steps, one seed), k = 10, "
    "in float64. *deviation*: largest difference of an eigenvalue to the explicit method's, after optimal "
    "matching. The work that the share counts is the cheaper lagged product matrix alone "
    "(`smaller_product`): a method that needs less work than this can exceed 100 %.",
    "large": "All weights, read from the recording in blocks. *one matrix product*: (steps × weights) times "
    "(weights × steps) in float64, the size of the Gram matrix of all steps, data in memory. *reading and "
    "products*: the file read once through this project's reader with its checksums, and the products of "
    "all steps of a window, nothing else. The work counted for a fit is half of that product, since the "
    "matrix is symmetric; *of bandwidth* counts the bytes of the file. *explicit, in few coordinates*: explicit Hankel "
    "matrix and full SVD in the coordinates that the steps span (an exact rotation), run once for the "
    "accuracy. The transformer's recording is a real training (p = 113), that of ResNet-20 is drawn: a "
    "training of this length would take most of an hour.",
    "ensembles": "CPU seconds for one optimizer step of all networks. Both sides start from the same weights, see the "
    "same batches, and keep the recorded weights after every step (this project in its recording on disk, the "
    "loop in memory): the output layer for perceptrons; for the larger networks the weights after the "
    "last step alone. One thread each, as the workflow runs its jobs. *deviation*: largest difference of "
    "recorded weights after the last step, relative to the largest weight: float32 rounding, which "
    "training amplifies. Work is that of the matrix products and convolutions of forward and backward "
    "pass, counted by PyTorch on one network; *its products and convolutions alone* are these calls of one network, "
    "again and again, times the networks: their share of the peak is what PyTorch's kernels reach at these shapes, "
    "with nothing around them.",
    "gpu": "Seconds that pass for one optimizer step of all networks on one GPU. What is recorded at every step (one "
    "layer of the perceptrons and the transformer, all weights of LeNet-5 and ResNet-20) is written to disk by this "
    "project and kept on the GPU by the loop. *CPU* is this project on the CPU, with the threads of the title, and its "
    "share is of the CPU's peak. *torch.compile*: the losses compiled, without the time that compiling takes; "
    "*deviation*: of its weights after the last step, relative to the largest: rounding, which training amplifies.",
    "recorder": "Seconds for one step of a user's own loop (SGD with momentum, random images in memory). The recorder "
    "writes all weights at every step, and the recording in the end, whose time is shared among the steps; *peak MiB* "
    "includes the network. *× traindyn* of *the recorder's part of it* is the share of a recorded step that is "
    "recording. *deviation*: largest difference of a weight after the last step: recording changes nothing.",
    "distances": "Wasserstein-1 of every two spectra. *deviation*: largest difference to POT's `emd2` over the sample "
    "of pairs. Loops are measured on this sample and extrapolated; this project makes the whole table "
    "with its labels, by a process per core (memory is that of the first).",
    "known_answers": "Pairs of systems with a known answer, 6 seeds each, as the page *known answers* judges them: "
    "spectra of all seeds (8 delays, 10 modes), their distances, the tests over seeds. *deviation*: share of the "
    "pairs called non-conjugate, which is false alarms where they are conjugate and detections where they are not. "
    "*DSA, Wasserstein of eigenvalues* is `DSA(seeds, n_delays=9, rank=10, score_method='wasserstein')` in float64, "
    "its distances judged by the same tests. *DSA, angular* compares operators by the best orthogonal change of "
    "basis, which is how DSA is defined; it takes so long that one comparison is timed. *All searches of a pair at "
    "once* are the same steps of DSA's own network for all comparisons of a pair, stacked (`dissimilarity.py`); of one "
    "comparison after a few steps from equal starts, *deviation* is the difference of the two angles.",
    "interactions": "Extraction of AND and OR interactions. *transform*: *deviation* is the largest difference to the "
    "dense product's. *sparsest split*: of the outputs of a random network of ReLUs on all masks; *deviation* is the "
    "objective reached, Σ|I|, relative to this project's, minus 1 (above 0: worse). This project's own is within 1e-6 "
    "of the least, by its dual's value. With a slack, outputs may be changed by so much of |v(N) − v(∅)|.",
    "scaling": "One size at a time from a common point (100 weights, 400 steps, 5 replicas, 16 delays, k = 10, drawn "
    "trajectories); the explicit method as far as it takes seconds. *step of 10 networks*: perceptrons on MNIST, "
    "wider and wider, all in the same calls or each on its own; MiB of its weights, gradients and what is computed on "
    "the way to its loss. Up to 8 MiB this project takes them together (`training/blocks.py`).",
}
