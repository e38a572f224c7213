using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore;

/// <summary>The rows of one portion of a <see cref="RowScan"/>, for one <c>foreach</c>.</summary>
public readonly ref struct RowPortion
{
    private readonly RowScan _scan;

    internal RowPortion(RowScan scan) => _scan = scan;

    /// <summary>Begins to enumerate.</summary>
    /// <returns>The enumerator. <c>foreach</c> disposes it.</returns>
    /// <exception cref="InvalidOperationException">The portion was enumerated before: what was read then is not shown again.</exception>
    /// <exception cref="ObjectDisposedException">The scan was disposed.</exception>
    public Enumerator GetEnumerator() => new(_scan);

    /// <summary>Walks the rows. Keeps their memory from being reused until it is disposed; belongs to one thread.</summary>
    public ref struct Enumerator : IDisposable
    {
        private readonly RowScan _scan;
        private readonly IReadOnlyList<TierRow>? _copied;
        private EpochGuard _guard;
        private Batch _batch;
        private int _index = -1;
        private int _count;
        private bool _isComplete;

        internal Enumerator(RowScan scan)
        {
            _scan = scan;
            _copied = scan.Copied;
            _guard = scan.Enter();
        }

        /// <summary>The row it stands on.</summary>
        public readonly RowView Current
            => _copied is null ? new RowView(Unsafe.Add(ref Unsafe.AsRef(in _batch.First), _index)) : new RowView(_copied[_index]);

        /// <summary>Goes to the next row.</summary>
        /// <returns>False at the end of the portion.</returns>
        /// <exception cref="ObjectDisposedException">The snapshot or the store was disposed.</exception>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext() => ++_index < _count || Refill();

        /// <summary>Ends the enumeration.</summary>
        public void Dispose()
        {
            try
            {
                _scan.Leave(_isComplete);
            }
            finally
            {
                _guard.Dispose();
            }
        }

        private bool Refill()
        {
            if (_isComplete)
            {
                return false;
            }

            if (_copied is not null)
            {
                // All at once; the second time there is nothing left.
                _isComplete = _index > 0 || _copied.Count == 0;
                _count = _isComplete ? 0 : _copied.Count;
                return !_isComplete;
            }

            _index = 0;
            _count = _scan.Fill(MemoryMarshal.CreateSpan(ref _batch.First, Batch.Length));
            _isComplete = _count == 0;
            return !_isComplete;
        }

        [InlineArray(Length)]
        private struct Batch
        {
            public const int Length = 64;

            public BufferedRow First;
        }
    }
}
