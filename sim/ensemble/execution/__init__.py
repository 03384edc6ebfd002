"""Where runs are computed: here, on threads, in processes, on a cluster; and how what is finished gets to the store."""
